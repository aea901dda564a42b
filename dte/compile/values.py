"""Checks the type of each key's value after templates are filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from dte.compile.templates import Scope, fill, plain_text
from dte.errors import Errors
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, error_at
from dte.parse.expect import MAX_NAME, describe
from dte.parse.scalars import as_written

Check = Callable[[Any], Any]
"""Returns the value in its final form; raises InvalidValue."""


class InvalidValue(Exception):
    """The value is invalid; the message describes the expected form.

    ``example`` is a valid value; ``shown``, if set, describes the invalid value.
    """

    def __init__(self, expected: str, example: str, shown: str = "") -> None:
        super().__init__(expected)
        self.example = example
        self.shown = shown


_DURATION = re.compile(r"(\d+(\.\d+)?[smh])+", re.ASCII)
_SERIAL_GROUP = re.compile(r"[A-Za-z0-9._/-]{1,512}")
_BUNDLE = re.compile(r"[A-Za-z0-9-]{1,50}", re.ASCII)
_DELAY = re.compile(r"(?:10|[1-9])m|(?P<seconds>[1-9]\d{0,2})s", re.ASCII)
_LONGEST_DELAY = 600


def text(value: Any) -> str:
    """Return a string; numbers and booleans are converted to strings."""
    if isinstance(value, str | int | float):
        return plain_text(value)
    raise InvalidValue("a string", '"a string"')


def boolean(value: Any) -> bool:
    """Return a boolean; the strings `true` and `false` are converted."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise InvalidValue("true or false", "true")


def texts(value: Any) -> tuple[str, ...]:
    """Return one string, or a list with at least one string, as a tuple."""
    items = value if isinstance(value, list) else [value]
    if not items:
        raise InvalidValue("a list with at least one string", "[first, second]")
    try:
        return tuple(text(item) for item in items)
    except InvalidValue:
        raise InvalidValue("a string or a list of strings", "[first, second]") from None


def listed_texts(value: Any) -> tuple[str, ...]:
    """Return a list with at least one string, as a tuple."""
    if isinstance(value, list):
        return texts(value)
    shown = value if isinstance(value, str | int | float) else "first"
    raise InvalidValue("a list of strings", f'["{shown}"]')


def text_or_list(value: Any) -> Any:
    """Return a string or a list of strings; numbers and booleans are converted."""
    return list(texts(value)) if isinstance(value, list) else text(value)


def words(value: Any) -> Any:
    """Return a string or a list of strings; the list may be empty ("JSON schema")."""
    return [] if value == [] else text_or_list(value)


def one_of(*choices: str) -> Check:
    """Return a check for one of a few words."""

    def check(value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        near = get_close_matches(str(value)[:MAX_NAME], choices, n=1)
        raise InvalidValue("one of " + ", ".join(choices), (near or choices)[0])

    return check


@dataclass(frozen=True)
class WholeNumber:
    """A check for a whole number within bounds; a string of digits is converted."""

    least: int
    most: int | None = None

    def __call__(self, value: Any) -> int:
        """Return the number."""
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII):
            value = int(value)
        least, most = self.least, self.most
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole and least <= value and (most is None or value <= most):
            return int(value)
        bound = f"of at least {least}" if most is None else f"from {least} to {most}"
        above = most is not None and whole and value > most
        raise InvalidValue(f"a whole number {bound}", str(most if above else least))


def duration(value: Any) -> str | int:
    """Return a duration as `no_output_timeout` accepts it: `20m`, `1.25h`, `5s`.

    The JSON schema also allows a whole number; no page documents its unit.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    return duration_text(value)


def duration_text(value: Any) -> str:
    """Return a duration with its units, as `evaluation_time` accepts it."""
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return value
    raise InvalidValue('a time such as "20m", "1.25h" or "5s"', "20m")


def delay(value: Any) -> str:
    """Return a duration as `auto_rerun_delay` accepts it, at most ten minutes."""
    match = _DELAY.fullmatch(value) if isinstance(value, str) else None
    if match and int(match["seconds"] or 0) <= _LONGEST_DELAY:
        return match[0]
    raise InvalidValue('a time of at most 10 minutes such as "10s" or "3m"', "10s")


def some_text(value: Any) -> str:
    """Return a string that is not empty."""
    if isinstance(value, str | int | float) and value != "":
        return plain_text(value)
    raise InvalidValue("a string that is not empty", '"a string"')


def bundles(value: Any) -> tuple[str, ...]:
    """Return the names of signing bundles ("JSON schema", `code_signing`)."""
    if isinstance(value, list) and all(
        isinstance(name, str) and _BUNDLE.fullmatch(name) for name in value
    ):
        return tuple(value)
    raise InvalidValue(
        "a list of names of at most 50 letters, digits and -", "[my-bundle]"
    )


def text_or_number(value: Any) -> str:
    """Return a string; a number without quotes is converted, as in `xcode: 16.4`."""
    if isinstance(value, bool):
        raise InvalidValue("a string or a number", "16.4.0")
    return text(value)


def serial_group(value: Any) -> str:
    """Return the name of a serial group ("Configuration reference", `serial-group`)."""
    name = text(value)
    if _SERIAL_GROUP.fullmatch(name):
        return name
    raise InvalidValue("1 to 512 letters, digits, and . - _ /", "deploy")


def scalar(value: Any) -> Any:
    """Return a string, a number or a boolean unchanged."""
    if isinstance(value, bool | str | int | float):
        return value
    raise InvalidValue("a string, a number or a boolean", "true")


@dataclass(frozen=True)
class KeysOfTexts:
    """A check for a mapping of strings whose keys are exactly one of ``groups``."""

    groups: tuple[tuple[str, ...], ...]

    def __call__(self, value: Any) -> dict[str, str]:
        """Return the mapping."""
        if isinstance(value, dict) and set(value) in map(set, self.groups):
            return {key: text(value[key]) for key in value}
        expected = ", or ".join(" and ".join(keys) for keys in self.groups)
        example = ", ".join(f"{key}: $NAME" for key in self.groups[0])
        shown = f"one with {', '.join(value) or 'no keys'}"
        raise InvalidValue(
            f"a mapping with {expected}",
            f"{{{example}}}",
            shown if isinstance(value, dict) else "",
        )


def take(
    source: LocatedMap,
    checks: Mapping[str, Check],
    scope: Scope,
    what: str,
) -> dict[str, Any]:
    """Return the keys of `source` that have a check: filled in and checked.

    Other functions read the keys that have no check.
    """
    errors, taken = Errors(), {}
    for key, check in checks.items():
        if key in source:
            where = source.where_is(key)
            with errors.collect():
                taken[key] = take_one(
                    source[key], check, scope, where, f"{what}: {key}"
                )
    errors.raise_all()
    return taken


def take_one(raw: Any, check: Check, scope: Scope, where: Where, what: str) -> Any:
    """Return one value, filled in and checked, or raise UserError.

    If the key's type is string, a template may produce a number or a boolean, but a
    literal number or boolean is refused ("JSON schema", type string). A quoted number
    or boolean is refused if the key's type is number or boolean.
    """
    if check in _TEXTS or isinstance(check, KeysOfTexts):
        _refuse_unquoted(raw, where, what)
    elif check is boolean or isinstance(check, WholeNumber):
        _refuse_quoted(raw, check, where, what)
    value = fill(raw, scope, where)
    try:
        return check(value)
    except InvalidValue as error:
        item_where = raw.where if isinstance(raw, LocatedMap | LocatedList) else where
        shown = error.shown or describe(value)
        message = f"{what}: must be {error}, not {shown}"
        advice = (f"Write {what.rpartition(': ')[2]}: {error.example}",)
        raise error_at(item_where, message, suggestions=advice, code="type") from None


_TEXTS: tuple[Check, ...] = (
    text,
    some_text,
    texts,
    listed_texts,
    text_or_list,
    words,
    serial_group,
    bundles,
)


def _refuse_quoted(raw: Any, check: Check, where: Where, what: str) -> None:
    if isinstance(raw, str) and "<<" not in raw:
        try:
            check(raw)
        except InvalidValue:
            return  # take_one raises an error that names the valid values
        expected = "true or false" if check is boolean else "a number"
        message = f"{what}: must be {expected}, not {describe(raw)}"
        advice = (f"Write it without quotes: {raw}",)
        raise error_at(where, message, suggestions=advice, code="type")


def _refuse_unquoted(raw: Any, where: Where, what: str) -> None:
    if isinstance(raw, LocatedList):
        for item, at in raw.with_lines():
            _refuse_unquoted(item, at, what)
    elif isinstance(raw, LocatedMap):
        for key, item in raw.items():
            _refuse_unquoted(item, raw.where_is(key), f"{what}: {key}")
    elif isinstance(raw, int | float):
        raise error_at(
            where,
            f"{what}: must be a string, not {describe(raw)}",
            suggestions=(f'Put it in quotes: "{as_written(raw)}"',),
            code="type",
        )
