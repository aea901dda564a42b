"""Checks values that contain no template, even in definitions that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dte.compile.templates import Scope
from dte.compile.values import Check, take_one
from dte.errors import Errors
from dte.model import Where
from dte.parse import LocatedList, LocatedMap


def check_literals(
    mapping: LocatedMap, checks: Mapping[str, Check], scope: Scope, title: str
) -> None:
    """Raise UserError for each key whose value has no template and fails its check."""
    errors = Errors()
    for key, check in checks.items():
        where = mapping.where_is(key)
        if key in mapping and is_literal(mapping[key]):
            with errors.collect():
                take_one(mapping[key], check, scope, where, f"{title}: {key}")
    errors.raise_all()


def is_literal(value: Any) -> bool:
    """Return whether a value contains no template."""
    return next(texts_in(value, Where("", 0)), None) is None


def texts_in(value: Any, where: Where) -> Iterator[tuple[str, Where]]:
    """Return each string in a value that contains a template, and its position."""
    if isinstance(value, str):
        if "<<" in value:
            yield value, where
    elif isinstance(value, LocatedMap):
        for key, item in value.items():
            yield from texts_in(key, value.where_is(key))
            yield from texts_in(item, value.where_is(key))
    elif isinstance(value, LocatedList):
        for item, at in value.with_lines():
            yield from texts_in(item, at)
