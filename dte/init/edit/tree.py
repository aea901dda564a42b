"""Reads YAML as a tree of nodes with the offsets of their text.

The tree keeps aliases. A block in this tree ends with its last character; a block in
PyYAML's nodes ends after the comments that follow the block.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAP, LIST, SCALAR, ALIAS = "map", "list", "scalar", "alias"


@dataclass(eq=False)
class Node:
    """A part of the document, `text[start:end]`.

    ``text`` is the value of a scalar, or the name of an alias. ``items`` are the items
    of a list, and ``pairs`` the keys and values of a mapping. ``flow`` is True if the
    list or mapping is in brackets or braces. ``target`` is the node of an alias.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    flow: bool = False
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    target: Node | None = None

    def get(self, key: str) -> Node | None:
        """Return the value of a key of a mapping, or None; aliases are not followed."""
        for name, value in self.pairs:
            if name.text == key:
                return value
        return None

    def key_of(self, key: str) -> Node:
        """Return the node of an existing key."""
        return next(name for name, _ in self.pairs if name.text == key)

    @property
    def value(self) -> Any:
        """The node as plain data; aliases and merges are resolved, scalars are text."""
        if self.kind == ALIAS:
            return self.target.value if self.target else None
        if self.kind == LIST:
            return [item.value for item in self.items]
        if self.kind == MAP:
            merged: dict[str, Any] = {}
            for key, item in self.pairs:
                sources = item.value if key.text == "<<" else []
                for source in sources if isinstance(sources, list) else [sources]:
                    merged = {**source, **merged} if isinstance(source, dict) else {}
            own = {key.text: v.value for key, v in self.pairs if key.text != "<<"}
            return {**merged, **own}
        return self.text


def read_tree(text: str) -> Node:
    """Parse valid YAML text with one document and without a byte order mark."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._events = yaml.parse(text, Loader=_Loader)
        self._anchors: dict[str, Node] = {}

    def read(self) -> Node:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                return self._node(next(self._events))
        return Node(SCALAR, 0, 0)

    def _node(self, event: yaml.Event) -> Node:
        assert isinstance(event, yaml.NodeEvent), event
        start, end = _offset(event.start_mark), _offset(event.end_mark)
        anchor = event.anchor or ""
        if isinstance(event, yaml.AliasEvent):
            return Node(ALIAS, start, end, anchor, target=self._anchors[anchor])
        if isinstance(event, yaml.ScalarEvent):
            kept = len(self._text[start:end].rstrip())
            node = Node(SCALAR, start, start + kept, event.value)
        else:
            assert isinstance(event, yaml.CollectionStartEvent), event
            kind = LIST if isinstance(event, yaml.SequenceStartEvent) else MAP
            node = Node(kind, start, end, flow=bool(event.flow_style))
            self._fill(node)
        if anchor:
            self._anchors[anchor] = node
        return node

    def _fill(self, node: Node) -> None:
        """Read the items of the collection up to its end."""
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                if node.flow:
                    node.end = _offset(event.end_mark)
                return
            item = self._node(event)
            if node.kind == MAP:
                value = self._node(next(self._events))
                node.pairs.append((item, value))
                node.end = max(item.end, value.end)
            else:
                node.items.append(item)
                node.end = item.end


def _offset(mark: Any) -> int:
    return int(mark.index)
