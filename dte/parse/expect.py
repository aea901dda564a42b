"""Errors that name the file and the line, and checks that raise them."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from dte.errors import Errors, UserError
from dte.model import Where
from dte.parse.located import LocatedList, LocatedMap

MAX_NAME = 40
MAX_COMPARED = 4000
MAX_LISTED = 40


def error_at(
    where: Where,
    message: str,
    *,
    code: str,
    suggestions: Sequence[str],
) -> UserError:
    """Return a UserError with `message`, prefixed with the position.

    The suggestions say what to write instead or what to do next.
    """
    return UserError(
        f"{where}: {message}",
        suggestions=suggestions,
        code=code,
        where=where,
    )


def nearest(
    name: str, known: Iterable[str], *, only_close: bool = False
) -> tuple[str, ...]:
    """Return suggestions for a name that is not among the `known` names.

    If no known name is similar, suggests the first known names, or nothing with
    `only_close`.
    """
    names = sorted(known)
    close = difflib.get_close_matches(name[:MAX_NAME], _some(names), n=1)
    if close:
        return (f'Did you mean "{close[0]}"?',)
    if names and not only_close:
        listed = ", ".join(names[:MAX_LISTED])
        more = ", …" if len(names) > MAX_LISTED else ""
        return (f"Known here: {listed}{more}",)
    return ()


def _some(names: Sequence[str]) -> list[str]:
    """Return the first names, up to MAX_COMPARED characters: comparing more is slow."""
    ends = itertools.accumulate(len(name) for name in names)
    return [name for name, end in zip(names, ends, strict=True) if end <= MAX_COMPARED]


def misspelt(name: str, known: Iterable[str]) -> str:
    """Return the known name that `name` seems to misspell, or an empty string."""
    close = difflib.get_close_matches(name[:MAX_NAME], _some([*known]), n=1, cutoff=0.8)
    return close[0] if close else ""


def expect_map(value: Any, where: Where, what: str) -> LocatedMap:
    """Return `value` as a mapping, or raise UserError."""
    if isinstance(value, LocatedMap):
        return value
    dashes = "without dashes" if isinstance(value, list) else "with more indentation"
    raise error_at(
        where,
        f"{what} must be a mapping, not {describe(value)}",
        suggestions=(f"Write lines of key: value below it, {dashes}.",),
        code="type",
    )


def expect_list(value: Any, where: Where, what: str) -> LocatedList:
    """Return `value` as a list, or raise UserError."""
    if isinstance(value, LocatedList):
        return value
    scalar = isinstance(value, str | int | float)
    written = f"[{value if scalar else '…'}]"
    raise error_at(
        where,
        f"{what} must be a list, not {describe(value)}",
        suggestions=(f"Write a list: {shorten(written)}, or lines that begin with -",),
        code="type",
    )


def known_keys(mapping: LocatedMap, known: Collection[str], what: str) -> None:
    """Raise UserError for each key of `mapping` that is not in `known`."""
    if mapping.keys() <= set(known):
        return
    errors = Errors()
    for key in mapping:
        with errors.collect():
            if key not in known:
                raise error_at(
                    mapping.where_is(key),
                    f'{what}: unknown key "{shorten(key)}"',
                    suggestions=nearest(key, known),
                    code="unknown-key",
                )
    errors.raise_all()


def describe(value: Any) -> str:
    """Return a short description of a value for a message: its type and text."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {getattr(value, 'text', value)}"
    if isinstance(value, str):
        return f'the string "{shorten(value)}"'
    return str(value)


def shorten(text: str, limit: int = 60) -> str:
    """Return the first line of `text`, cut to `limit` characters."""
    line, *more = text.split("\n", 1)
    if len(line) > limit:
        return line[:limit] + "…"
    return line + ("…" if more and more[0].strip() else "")
