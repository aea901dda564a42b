"""Compares transcripts on the pages with what a command prints, or updates them.

A transcript is a code block without a language. In it, a line `…` stands for lines that
are left out. `make docs` updates transcripts of fast commands, and with `SLOW=yes` also
transcripts that need real Nx.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.golden import Golden
from tests.tooling.repository import ROOT

LEFT_OUT = "…"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIES = re.compile(
    r"\x1b\[[0-9;]*m|/\S*/dte-logs-\S+|…/dte-logs-\S+|[0-9a-f-]{7,}…?|\d[\d.]*|\s+"
)


def shape_of(line: str) -> str:
    """Return a line without the ids, numbers and spaces that vary between two runs."""
    return re.sub(r"[\s#]+", "", _VARIES.sub("#", line))


class Transcript(NamedTuple):
    """A transcript: its page, and its number among the page's transcripts, from 0."""

    page: Path
    number: int = 0

    def find(self) -> re.Match[str]:
        """Return the match of `_BLOCK` in the page; group 2 is the transcript."""
        blocks = _BLOCK.finditer(self.page.read_text(encoding="utf-8"))
        return [found for found in blocks if not found[1]][self.number]

    def renew(self, printed: str, *, rewrite: bool) -> list[str]:
        """Return the transcript's lines with the ids and numbers in `printed`.

        Fails for a line that `printed` lacks; with `rewrite`, the most similar printed
        line replaces that line. The search begins after the previous line's match, but
        also accepts earlier lines, because the order of tasks varies.
        """
        lines = printed.splitlines()
        shapes = [shape_of(line) for line in lines]
        new, start = [], 0
        for line in self.find()[2].splitlines():
            if line == LEFT_OUT:
                new.append(line)
                continue
            shape, left = shape_of(line), shapes[start:]
            if rewrite:
                shape = next(iter(get_close_matches(shape, left, 1, 0.7)), shape)
            if shape in left:
                start += left.index(shape) + 1
                new.append(lines[start - 1])
            elif shape in shapes:
                new.append(lines[shapes.index(shape)])
            else:
                pytest.fail(f"{self.page.name}: nothing prints this anymore: {line}")
        return new

    def check(self, golden: Golden, printed: str) -> None:
        """Fail for a line that `printed` lacks; with `--golden`, update the page."""
        new = self.renew(printed, rewrite=golden.rewrite)
        if golden.rewrite:
            text = self.page.read_text(encoding="utf-8")
            start, end = self.find().span(2)
            body = "".join(f"{line.rstrip()}\n" for line in new)
            self.page.write_text(f"{text[:start]}{body}{text[end:]}", encoding="utf-8")


REHEARSAL = Transcript(ROOT / "README.md")
HANG = Transcript(ROOT / "docs" / "hang.md")
REFUSAL = Transcript(ROOT / "docs" / "refused.md")
STORY = Transcript(ROOT / "docs" / "refused.md", 1)
BASE = Transcript(ROOT / "docs" / "shas.md")
