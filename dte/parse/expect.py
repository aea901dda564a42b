"""Errors that name the file and the line, and checks that raise them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from dte.errors import USAGE_ERROR, UserError
from dte.model import Where
from dte.parse.located import LocatedList, LocatedMap


def error_at(
    where: Where,
    message: str,
    *,
    suggestions: Sequence[str] = (),
    reference: str = "",
    exit_code: int = USAGE_ERROR,
) -> UserError:
    """Return the error `message`, prefixed with its position."""
    return UserError(
        f"{where}: {message}",
        suggestions=suggestions,
        reference=reference,
        exit_code=exit_code,
    )


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return suggestions for a name that is not among the `known` ones."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return (f'Did you mean "{close[0]}"?',)
    if names:
        return (f"Known here: {', '.join(names)}",)
    return ()


def expect_map(value: Any, where: Where, what: str) -> LocatedMap:
    """Return `value` as a mapping, or raise UserError."""
    if isinstance(value, LocatedMap):
        return value
    raise error_at(where, f"{what} must be a mapping, not {describe(value)}")


def expect_list(value: Any, where: Where, what: str) -> LocatedList:
    """Return `value` as a list, or raise UserError."""
    if isinstance(value, LocatedList):
        return value
    raise error_at(where, f"{what} must be a list, not {describe(value)}")


def known_keys(mapping: LocatedMap, known: Collection[str], what: str) -> None:
    """Raise UserError at the first key of `mapping` that is not known."""
    for key in mapping:
        if key not in known:
            raise error_at(
                mapping.where_is(key),
                f'{what}: unknown key "{shorten(key)}"',
                suggestions=nearest(key, known),
            )


def describe(value: Any) -> str:
    """Return a short description of a value for a message: kind and text."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{shorten(value)}"'
    return str(value)


def shorten(text: str, limit: int = 60) -> str:
    """Return the first line of `text`, cut to `limit` characters."""
    line, *more = text.split("\n", 1)
    if len(line) > limit:
        return line[:limit] + "…"
    return line + ("…" if more and more[0].strip() else "")
