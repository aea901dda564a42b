r"""Splits strings into literals, `<< expressions >>` and sections.

The text in a section `<<#parameters.x>>…<</parameters.x>>` is kept if the value of
`parameters.x` is truthy; in `<<^parameters.x>>…<</parameters.x>>`, it is kept if the
value is falsy. Sections are not documented, but published versions of circleci/node,
circleci/python and circleci/browser-tools use sections. `\<<` stands for `<<`
("Configuration reference").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dte.compile.expression_syntax import ExpressionError, names_in, parse

UNCLOSED = "Unclosed '<<' tag"
MAX_SECTIONS = 50
_PART = re.compile(r"\\<<|<<(.*?)>>|<<", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expression:
    """The text between `<<` and `>>`."""

    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """Text between two tags, which is kept or left out depending on a value."""

    name: str
    inverted: bool
    parts: tuple[Part, ...]


Part = str | Expression | Section


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[Part, ...]:
    """Return the parts of a string; raises ExpressionError."""
    return _Splitter(text).parts()


def names_in_text(text: str) -> Iterator[str]:
    """Return the names that a string and its sections use; raises ExpressionError."""
    if "<<" in text:
        yield from _names(split(text))


def _names(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Expression):
            yield from names_in(parse(part.text))
        elif isinstance(part, Section):
            yield part.name
            yield from _names(part.parts)


class _Splitter:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, bool, list[Part]]] = [("", False, [])]

    def parts(self) -> tuple[Part, ...]:
        position = 0
        for match in _PART.finditer(self._text):
            self._literal(self._text[position : match.start()])
            position = match.end()
            if match[0] == "\\<<":
                self._literal("<<")
            elif match[1] is None:
                raise ExpressionError(UNCLOSED)
            else:
                self._tag(match[1].strip())
        self._literal(self._text[position:])
        name, inverted, parts = self._open.pop()
        if self._open:
            sign = "^" if inverted else "#"
            raise ExpressionError(
                f"the section <<{sign}{name}>> is never closed",
                f"Add <</{name}>> where it ends.",
            )
        return tuple(parts) or ("",)

    def _literal(self, text: str) -> None:
        parts = self._open[-1][2]
        if not text:
            return
        if parts and isinstance(parts[-1], str):
            parts[-1] += text
        else:
            parts.append(text)

    def _tag(self, tag: str) -> None:
        if tag[:1] in ("#", "^"):
            if len(self._open) > MAX_SECTIONS:
                advice = "Use conditions of steps (when:) instead."
                raise ExpressionError("sections are nested too deeply", advice)
            self._open.append((tag[1:].strip(), tag[0] == "^", []))
        elif tag[:1] == "/":
            self._close(tag[1:].strip())
        else:
            self._open[-1][2].append(Expression(tag))

    def _close(self, name: str) -> None:
        if len(self._open) == 1:
            raise ExpressionError(
                f"<</{name}>> closes a section that was not opened",
                f"Add <<#{name}>> where it begins.",
            )
        opened, inverted, parts = self._open.pop()
        if opened != name:
            raise ExpressionError(
                f"<</{name}>> closes the section of {opened}",
                f"Close it with <</{opened}>>.",
            )
        self._open[-1][2].append(Section(name, inverted, tuple(parts)))
