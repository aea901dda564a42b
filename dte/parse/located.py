"""Mappings and lists that record the position of each of their keys or items."""

from __future__ import annotations

from typing import Any

from dte.model import Where


class LocatedMap(dict[str, Any]):
    """A mapping of a YAML document; each key is a string, spelled as in the file."""

    def __init__(self, where: Where) -> None:
        super().__init__()
        self.where = where
        self._positions: dict[str, Where] = {}

    def put(self, key: str, value: Any, where: Where) -> None:
        """Set `key` to `value`, and record `where` as the position of the key."""
        self[key] = value
        self._positions[key] = where

    def where_is(self, key: str) -> Where:
        """Return the position of `key`, or of the mapping if it has no such key."""
        return self._positions.get(key, self.where)


class LocatedList(list[Any]):
    """A list of a YAML document."""

    def __init__(self, where: Where) -> None:
        super().__init__()
        self.where = where
        self._positions: list[Where] = []

    def add(self, value: Any, where: Where) -> None:
        """Append `value`, and record `where` as its position."""
        self.append(value)
        self._positions.append(where)

    def where_is(self, index: int) -> Where:
        """Return the position of the item at `index`."""
        return self._positions[index]

    def with_lines(self) -> list[tuple[Any, Where]]:
        """Return each item with its position."""
        return list(zip(self, self._positions, strict=True))


def where_value_begins(value: Any, otherwise: Where) -> Where:
    """Return the position of a mapping or list, or `otherwise` for any other value."""
    if isinstance(value, LocatedMap | LocatedList):
        return value.where
    return otherwise
