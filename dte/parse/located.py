"""Mappings and lists that remember the line on which each of their parts begins."""

from __future__ import annotations

from typing import Any

from dte.model import Where


class LocatedMap(dict[str, Any]):
    """A mapping of a YAML document; keys are always text, as written."""

    def __init__(self, where: Where) -> None:
        super().__init__()
        self.where = where
        self._places: dict[str, Where] = {}

    def put(self, key: str, value: Any, where: Where) -> None:
        """Set `key`, written at `where`."""
        self[key] = value
        self._places[key] = where

    def where_is(self, key: str) -> Where:
        """Give back where `key` was written, or the mapping where it is not there."""
        return self._places.get(key, self.where)


class LocatedList(list[Any]):
    """A list of a YAML document."""

    def __init__(self, where: Where) -> None:
        super().__init__()
        self.where = where
        self._places: list[Where] = []

    def add(self, value: Any, where: Where) -> None:
        """Append `value`, written at `where`."""
        self.append(value)
        self._places.append(where)

    def where_is(self, index: int) -> Where:
        """Give back where the item at `index` begins."""
        return self._places[index]

    def with_lines(self) -> list[tuple[Any, Where]]:
        """Give back each item with the place where it begins."""
        return list(zip(self, self._places, strict=True))


def place_of(value: Any, otherwise: Where) -> Where:
    """Give back where a mapping or list begins; `otherwise` for any other value."""
    if isinstance(value, LocatedMap | LocatedList):
        return value.where
    return otherwise
