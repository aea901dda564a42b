"""Finds the version of Node, and CircleCI's image with this version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dte.init.facts import Fact
from dte.init.json_files import text_of
from dte.init.text_files import read_optional

# Tags of cimg/node are versions like 22.12 and 22.12.0, `lts` and `current`. No tag is
# a major version alone (CircleCI, cimg/node, "Tagging Scheme").
_TAGGED = re.compile(r"v?(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)")
_NEWEST = ("lts/*", "lts", "node", "*", "latest", "current")
_ASDF = re.compile(r"(?m)^node(?:js)?[ \t]+(\S+)")


def find_node(root: Path, package: dict[str, Any]) -> Fact:
    """Return the version of Node as written in the workspace, or an empty fact."""
    for name in (".nvmrc", ".node-version"):
        if line := _first_line(root / name):
            return Fact(line, name)
    if asdf := _ASDF.search(read_optional(root / ".tool-versions")):
        return Fact(asdf[1], ".tool-versions")
    for keys in (("volta", "node"), ("engines", "node")):
        if text := text_of(package, *keys):
            return Fact(text, f"{keys[0]} in package.json")
    return Fact()


def find_image_tag(node: Fact) -> str:
    """Return the tag of cimg/node for this version; empty means the orb's default."""
    exact = _TAGGED.fullmatch(node.value)
    return f"{exact[1]}-browsers" if exact else ""


def note_on_node(node: Fact) -> list[str]:
    """Return a sentence for the user if no tag of cimg/node fits the Node version."""
    open_range = re.fullmatch(r">=?\s*v?[\d.]+", node.value)
    if not node.value or find_image_tag(node) or open_range or node.value in _NEWEST:
        return []
    return [
        f"the workspace uses Node {node}, but cimg/node has tags only for versions "
        "such as 22.12, so the jobs use the newest LTS version; for another version, "
        "set `executor` to the name dte/default and a `tag`"
    ]


def _first_line(path: Path) -> str:
    for line in read_optional(path).splitlines():
        if text := line.partition("#")[0].strip():
            return text
    return ""
