"""Builds values with positions from the events of PyYAML's parser.

PyYAML's constructors are not used, because they recurse without a limit, keep the last
of two equal keys, and do not record positions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from dte.model import Where
from dte.parse.expect import describe, error_at, nearest, shorten
from dte.parse.located import LocatedList, LocatedMap
from dte.parse.scalars import Dialect, resolve

MAX_DEPTH = 100
MAX_VALUES = 100_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_UNFINISHED = object()


@dataclass
class _Anchor:
    value: Any
    weight: int
    where: Where


@dataclass
class Builder:
    """Reads the only document of a YAML text; raises UserError and yaml.YAMLError."""

    text: str
    file: str
    dialect: Dialect
    _anchors: dict[str, _Anchor] = field(default_factory=dict)
    _weight: int = 0

    def document(self) -> Any:
        """Return the document's value, or None if the text contains no document."""
        self._loader = _Loader(self.text)
        try:
            self._next(yaml.StreamStartEvent)
            if self._loader.check_event(yaml.StreamEndEvent):
                return None
            self._next(yaml.DocumentStartEvent)
            value = self._value(0)
            self._next(yaml.DocumentEndEvent)
            if not self._loader.check_event(yaml.StreamEndEvent):
                where = self._where(self._loader.peek_event())
                message = "a second YAML document begins, but only one is allowed"
                advice = ("Remove the line --- and what follows it.",)
                raise error_at(where, message, suggestions=advice, code="yaml")
            return value
        finally:
            self._loader.dispose()

    def _next(self, kind: type[yaml.Event]) -> Any:
        event = self._loader.get_event()
        assert isinstance(event, kind), event
        return event

    def _where(self, event: yaml.Event) -> Where:
        mark = event.start_mark
        if mark is None:
            return Where(self.file, 1)
        return Where(self.file, mark.line + 1, mark.column + 1)

    def _value(self, depth: int) -> Any:
        event = self._loader.get_event()
        where = self._where(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, where)
        before = self._weight
        self._count(1, where)
        if depth > MAX_DEPTH:
            message = f"nested deeper than {MAX_DEPTH} levels"
            advice = ("Move the inner parts to commands.",)
            raise error_at(where, message, suggestions=advice, code="limit")
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = _Anchor(_UNFINISHED, 0, where)
        value = self._node(event, where, depth)
        if anchor is not None:
            self._anchors[anchor] = _Anchor(value, self._weight - before, where)
        return value

    def _node(self, event: yaml.Event, where: Where, depth: int) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, where)
        if isinstance(event, yaml.SequenceStartEvent):
            self._known_tag(event.tag, "seq", where)
            return self._list(where, depth)
        assert isinstance(event, yaml.MappingStartEvent), event
        self._known_tag(event.tag, "map", where)
        return self._map(where, depth)

    def _count(self, weight: int, where: Where) -> None:
        self._weight += weight
        if self._weight > MAX_VALUES:
            message = f"more than {MAX_VALUES:,} values, with those that aliases repeat"
            advice = ("Look for a list of aliases of lists of aliases.",)
            raise error_at(where, message, suggestions=advice, code="limit")

    def _alias(self, name: str | None, where: Where) -> Any:
        anchor = self._anchors.get(name or "")
        if anchor is None:
            message = f"*{name} has no anchor &{name} before it"
            advice = nearest(name or "", self._anchors) or (
                f"Put a text that begins with * in quotes, or add &{name} above.",
            )
            raise error_at(where, message, suggestions=advice, code="yaml")
        if anchor.value is _UNFINISHED:
            message = f"*{name} is inside its own anchor &{name}"
            advice = (f"Remove *{name}, or put &{name} at a value above.",)
            raise error_at(where, message, suggestions=advice, code="yaml")
        self._count(anchor.weight, where)
        return anchor.value

    def _known_tag(self, tag: str | None, expected: str, where: Where) -> None:
        if tag not in (None, _TAG + expected):
            message = f"the YAML tag {tag} is not known in a config"
            advice = (f"Remove {tag}.",)
            raise error_at(where, message, suggestions=advice, code="yaml")

    def _scalar(self, event: yaml.ScalarEvent, where: Where) -> Any:
        plain, _ = event.implicit
        if event.tag is None:
            return resolve(event.value, self.dialect) if plain else event.value
        if event.tag == _TAG + "str":
            return event.value
        value = resolve(event.value, self.dialect)
        kind = "null" if value is None else type(value).__name__
        if event.tag == _TAG + "float" and kind == "int":
            return float(event.value)
        self._known_tag(event.tag, kind, where)
        return value

    def _list(self, where: Where, depth: int) -> LocatedList:
        items = LocatedList(where)
        while not self._loader.check_event(yaml.SequenceEndEvent):
            item_where = self._where(self._loader.peek_event())
            items.add(self._value(depth + 1), item_where)
        self._loader.get_event()
        return items

    def _map(self, where: Where, depth: int) -> LocatedMap:
        own = LocatedMap(where)
        merged: list[LocatedMap] = []
        while not self._loader.check_event(yaml.MappingEndEvent):
            event = self._loader.get_event()
            item_where = self._where(event)
            key = self._key(event, item_where)
            value = self._value(depth + 1)
            if key == "<<" and event.implicit[0]:
                merged += _maps_to_merge(value, item_where)
            elif key in own:
                message = f'the key "{shorten(key)}" is already on line '
                line = str(own.where_is(key).line)
                raise error_at(
                    item_where,
                    message + line,
                    suggestions=("Remove one of the two, or join their values.",),
                    code="yaml",
                )
            else:
                own.put(key, value, item_where)
        self._loader.get_event()
        for source in merged:
            for key, value in source.items():
                if key not in own:
                    own.put(key, value, source.where_is(key))
        return own

    def _key(self, event: yaml.Event, where: Where) -> str:
        """Return a key as a string, spelled as in the file, such as `on` or `1`."""
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None:
                self._anchors[event.anchor] = _Anchor(event.value, 1, where)
            return str(event.value)
        if isinstance(event, yaml.AliasEvent):
            value = self._alias(event.anchor, where)
            if isinstance(value, str):
                return value
        raise error_at(
            where,
            "a mapping's key must be a string",
            suggestions=("Put a value that begins with { in quotes.",),
            code="yaml",
        )


def _maps_to_merge(value: Any, where: Where) -> list[LocatedMap]:
    """Return the mappings that `<<: value` merges, in order of precedence."""
    sources = value if isinstance(value, LocatedList) else [value]
    for source in sources:
        if not isinstance(source, LocatedMap):
            message = f"<<: can't merge {describe(source)}"
            advice = ("Write the alias of a mapping: <<: *name",)
            raise error_at(where, message, suggestions=advice, code="yaml")
    return list(sources)
