"""Converts an orb's usage examples to the form in which CircleCI's CLI packs them.

The CLI drops unknown keys; dte refuses them.
"""

from __future__ import annotations

from typing import Any

from dte.model import Where
from dte.parse import LocatedMap
from dte.parse.expect import expect_map, known_keys

_EXAMPLE_KEYS = ("description", "usage", "result")
_USAGE_KEYS = ("version", "setup", "orbs", "jobs", "workflows")


def read_examples(value: Any, where: Where) -> LocatedMap:
    """Return the examples as the CLI packs them; raises UserError."""
    examples = expect_map(value, where, "examples")
    packed = LocatedMap(examples.where)
    for name in examples:
        item_where = examples.where_is(name)
        title = f'example "{name}"'
        example = expect_map(examples[name], item_where, title)
        known_keys(example, _EXAMPLE_KEYS, title)
        packed.put(name, _example(example, title), item_where)
    return packed


def _example(example: LocatedMap, title: str) -> LocatedMap:
    packed = LocatedMap(example.where)
    for key, value in example.items():
        item_where = example.where_is(key)
        if key != "description":
            value = _usage(expect_map(value, item_where, f"{title}: {key}"), title)
        if value:
            packed.put(key, value, item_where)
    return packed


def _usage(usage: LocatedMap, title: str) -> LocatedMap:
    known_keys(usage, _USAGE_KEYS, title)
    packed = LocatedMap(usage.where)
    for key, value in usage.items():
        if key == "version":
            value = str(value)
        if value or key == "workflows":
            packed.put(key, value, usage.where_is(key))
    if packed and "workflows" not in packed:
        packed.put("workflows", None, usage.where)
    return packed
