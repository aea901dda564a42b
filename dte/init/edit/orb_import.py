"""Adds the import of the orb, and removes an unused import of nrwl/nx-orb."""

from __future__ import annotations

import re

from dte.init.edit.edits import Editor
from dte.init.edit.tree import MAP, Node
from dte.init.edit.written_config import WrittenConfig

NX_ORB = "nrwl/nx"


def choose_alias(config: WrittenConfig) -> str:
    """Return the local name of dte's orb in the config, or a name for a new import."""
    if found := config.find_orb("dte"):
        return found
    return next(
        name for name in ("dte", "nx-dte", "dte-orb") if name not in config.orbs
    )


def import_orb(text: str, alias: str, reference: str) -> str:
    """Return the text with an import of the orb."""
    config, editor = WrittenConfig(text), Editor(text)
    if alias in config.orbs:
        return text
    line = f"{alias}: {reference}"
    orbs = config.tree.get("orbs")
    if orbs is None:
        version = config.tree.get("version") or config.tree.pairs[0][1]
        gap = [""] if _has_gap(text, version.end) else []
        lines = [*gap, "orbs:", f"  {line}"]
        editor.insert_lines(version.end, lines, 0)
    elif orbs.kind == MAP and orbs.flow:
        editor.replace(
            orbs.start + 1, orbs.start + 1, f"{line}, " if orbs.pairs else line
        )
    elif orbs.kind == MAP:
        last = orbs.pairs[-1]
        editor.insert_lines(last[1].end, [line], editor.column_of(last[0].start))
    else:
        editor.insert_lines(config.tree.key_of("orbs").end, [line], 2)
    return editor.apply()


def _has_gap(text: str, end: int) -> bool:
    """Return whether an empty line follows the line that contains the offset `end`."""
    return re.match(r"[^\n]*\n[ \t]*\r?\n", text[end:]) is not None


def remove_unused_nx_orb(text: str) -> str:
    """Return the text without the import of nrwl/nx-orb if nothing uses it."""
    config, editor = WrittenConfig(text), Editor(text)
    alias = config.find_orb(NX_ORB)
    if not alias or _uses(config.tree, f"{alias}/"):
        return text
    orbs = config.tree.get("orbs")
    if orbs is None or orbs.flow or orbs.kind != MAP or len(orbs.pairs) < 2:
        return text
    key, value = next(pair for pair in orbs.pairs if pair[0].text == alias)
    rest = text[value.end : text.find("\n", value.end) + 1 or len(text)]
    if "#" not in rest:
        editor.remove_lines(key.start, value.end)
    return editor.apply()


def _uses(node: Node, prefix: str) -> bool:
    """Return whether a key or a scalar of the tree starts with `prefix`."""
    return (
        node.text.startswith(prefix)
        or any(_uses(item, prefix) for item in node.items)
        or any(_uses(part, prefix) for pair in node.pairs for part in pair)
    )
