"""Environment variables of jobs, executors, images and steps: `environment:`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dte.compile.event_values import EmptyValue
from dte.compile.values import InvalidValue, text
from dte.parse.expect import describe

_EXAMPLE = "{NAME: value}"


def environment(value: Any) -> dict[str, str]:
    """Return the variables in a mapping, an `A=B` string, or a list of these.

    A null value and an empty pipeline value become `<nil>` ("Project values and
    variables").
    """
    variables: dict[str, str] = {}
    for part in value if isinstance(value, list) else [value]:
        if part is not None:
            variables.update(_variables(part))
    return variables


def _variables(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        name, equals, content = part.partition("=")
        if not equals:
            raise InvalidValue("NAME=VALUE", _EXAMPLE, describe(part))
        part = {name: content}
    if not isinstance(part, dict):
        raise InvalidValue("a mapping of names and values, or a list of them", _EXAMPLE)
    for name, content in part.items():
        if not name or "=" in name or "\0" in name:
            raise InvalidValue("names and values", _EXAMPLE, f"the name {name!r}")
        try:
            missing = content is None or isinstance(content, EmptyValue)
            yield name, "<nil>" if missing else text(content)
        except InvalidValue:
            shown = f"{describe(content)} in {name}"
            raise InvalidValue("plain values", _EXAMPLE, shown) from None
