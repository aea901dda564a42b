"""Reads a workspace's JSON files as Nx does, with comments and trailing commas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import json5

from dte.errors import UserError
from dte.parse import read_text


def read_object(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file, or an empty one if the file doesn't exist.

    Raises `UserError` if the file can't be read or doesn't contain an object.
    """
    if not path.exists():
        return {}
    text = read_text(path).removeprefix("\ufeff")
    try:
        value = _parse(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise UserError(f"{path}: is not a JSON object")
    return value


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return json5.loads(text)


def section(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return the object under these keys, or an empty one if a key is missing."""
    found: Any = value
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text_of(value: dict[str, Any], *keys: str) -> str:
    """Return the string under these keys, or an empty string."""
    found = section(value, *keys[:-1]).get(keys[-1])
    return found.strip() if isinstance(found, str) else ""
