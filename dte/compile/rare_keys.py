"""Reads top-level keys of a config that are in the JSON schema but rarely used.

No page documents what these keys do.
"""

from __future__ import annotations

from typing import Any

from dte.compile.requirements import read_branches
from dte.compile.templates import Scope, fill
from dte.parse import LocatedMap
from dte.parse.expect import expect_map, known_keys

_WITHOUT_EFFECT = ("functions", "display", "examples")


def read_rare_keys(config: LocatedMap, scope: Scope) -> dict[str, Any]:
    """Return the keys that the processed config keeps; add notes for the other keys."""
    for key in _WITHOUT_EFFECT:
        if key in config:
            text = f"config: the key {key} is not in the processed config"
            scope.namespace.notes.tell("ignored", config.where_is(key), text)
    if config.get("experimental") is None:
        return {}
    where = config.where_is("experimental")
    written = expect_map(config["experimental"], where, "experimental")
    known_keys(written, ("notify", "observability"), "experimental")
    if "notify" in written:
        title, where = "experimental: notify", written.where_is("notify")
        notify = expect_map(written["notify"], where, title)
        known_keys(notify, ("branches",), title)
        read_branches(notify.get("branches"), scope, where, f"{title}: branches")
    return {"experimental": fill(written, scope, written.where)}
