"""Writes new parts of a config as YAML that prettier doesn't change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

_AT_THE_START = "!&*-?|>@`\"'%#,[]{}"
_OF_LISTS = ",[]{}"


def write_items(items: list[Any]) -> list[str]:
    """Return the lines of a list, with a dash before each item, without indentation."""
    lines = []
    for item in items:
        first, *rest = write_value(item)
        lines += [f"- {first}", *(f"  {line}" if line else "" for line in rest)]
    return lines


def write_value(value: Any) -> list[str]:
    """Return the lines of a mapping or a scalar, without indentation."""
    if not isinstance(value, dict):
        return [write_flow(value)]
    return [line for key, item in value.items() for line in _write_entry(key, item)]


def write_flow(value: Any, *, in_list: bool = False) -> str:
    """Return a scalar, or a list of scalars in brackets, on one line."""
    if isinstance(value, list):
        return f"[{', '.join(write_flow(item, in_list=True) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _write_text(value, in_list) if isinstance(value, str) else str(value)


def _write_entry(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        yield f"{key}: |"
        yield from (f"  {line}" for line in value.splitlines())
    elif isinstance(value, dict):
        yield f"{key}:"
        yield from (f"  {line}" for line in write_value(value))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{key}:"
        yield from (f"  {line}" for line in write_items(value))
    else:
        yield f"{key}: {write_flow(value)}"


def _write_text(text: str, in_list: bool) -> str:
    """Return the text, with quotes if YAML would otherwise read another value."""
    try:
        plain = yaml.safe_load(text) == text and text[0] not in _AT_THE_START
    except yaml.YAMLError:
        plain = False
    if not plain or (in_list and any(mark in text for mark in _OF_LISTS)):
        return json.dumps(text, ensure_ascii=False)
    return text
