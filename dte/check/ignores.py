"""Comments that ignore a finding: `# dte: ignore[code] reason`.

A comment applies to its own line. If nothing else is on that line, the comment applies
to the next line that isn't empty or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dte.check.finding import Finding, finding
from dte.model import Where

_COMMENT = re.compile(
    r"(?P<before>^|.*\s)#\s*dte:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?(?P<reason>.*)$"
)
_BARE = re.compile(r"\s*(#.*)?")
WITHOUT_REASON = "dte-check-ignore-without-reason"
UNUSED = "dte-check-unused-ignore"


@dataclass(frozen=True)
class Ignore:
    """A comment at ``where`` that ignores findings on the line ``line``."""

    codes: tuple[str, ...]
    reason: str
    line: int
    where: Where

    def covers(self, found: Finding) -> bool:
        """Return whether the comment ignores the finding."""
        place = (found.where.file, found.where.line)
        return found.code in self.codes and place == (self.where.file, self.line)


def read_ignores(file: str, text: str) -> Iterator[Ignore]:
    """Yield the comments of a file that ignore findings."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not (found := _COMMENT.match(line)):
            continue
        counts_for = number
        if not found["before"].strip():
            following = enumerate(lines[number:], number + 1)
            code_lines = (n for n, text in following if not _BARE.fullmatch(text))
            counts_for = next(code_lines, number)
        codes = tuple(re.findall(r"[^\s,]+", found["codes"] or ""))
        where = Where(file, number, len(found["before"]) + 1)
        yield Ignore(codes, found["reason"].strip(" :-"), counts_for, where)


def apply_ignores(
    found: Iterable[Finding], ignores: Iterable[Ignore]
) -> tuple[list[Finding], list[tuple[Finding, Ignore]]]:
    """Return the findings that remain, and the findings that comments ignore.

    The first list also contains findings about the comments themselves.
    """
    remaining: list[Finding] = []
    ignored: list[tuple[Finding, Ignore]] = []
    comments = list(ignores)
    used: set[tuple[Ignore, str]] = set()
    for one in found:
        covering = next((ignore for ignore in comments if ignore.covers(one)), None)
        if covering is None:
            remaining.append(one)
            continue
        used.add((covering, one.code))
        ignored.append((one, covering))
    for ignore in comments:
        codes = {code for comment, code in used if comment == ignore}
        remaining += _judge(ignore, codes)
    return remaining, ignored


def _judge(ignore: Ignore, used: set[str]) -> Iterator[Finding]:
    if not ignore.reason:
        yield finding(
            WITHOUT_REASON,
            ignore.where,
            "the comment does not say why the finding is ignored",
            "write the reason after the bracket: # dte: ignore[code] reason",
        )
    for code in ignore.codes or ("",):
        if code not in used:
            yield finding(
                UNUSED,
                ignore.where,
                f"the comment ignores {code or 'no code'}, but line {ignore.line} has "
                "no such finding",
                "remove it, or move it to the line of the finding or the line above",
            )
