"""Edits lists: inserts, replaces and removes items, and expands lists in brackets."""

from __future__ import annotations

import re
from typing import Any

from dte.init.edit.edits import Editor
from dte.init.edit.tree import Node
from dte.init.yaml_text import write_items


def insert_first(editor: Editor, key: Node, items: Node, added: list[Any]) -> None:
    """Add items at the start of a block list, before the comments above its items."""
    indent = editor.indent_of(items.items[0])
    editor.insert_lines(key.end, write_items(added), indent)


def insert_after(editor: Editor, item: Node, added: list[Any]) -> None:
    """Add items after an item of a block list."""
    editor.insert_lines(item.end, write_items(added), editor.indent_of(item))


def replace_item(editor: Editor, item: Node, value: Any) -> None:
    """Replace an item of a block list."""
    dash = editor.indent_of(item)
    pad = " " * (editor.column_of(item.start) - dash - 2)
    first, *rest = write_items([value])
    lines = [first.removeprefix("- "), *(f"{' ' * dash}{pad}{line}" for line in rest)]
    editor.replace(item.start, item.end, "\n".join(lines))


def remove_item(editor: Editor, item: Node) -> None:
    """Remove the lines of an item of a block list."""
    editor.remove_lines(item.start, item.end)


def spread(text: str, owner: Node) -> str:
    """Return the text with each item of the owner's `jobs` or `steps` on its own line.

    Returns an empty string if no such list is in brackets on the line of its key, or if
    the owner is in braces, which can't contain a list with one item per line.
    """
    if owner.flow:
        return ""
    found = [pair for pair in owner.pairs if pair[0].text in ("jobs", "steps")]
    for key, items in found:
        between = text[key.end : items.end]
        if not items.items or not re.fullmatch(r": *\[[^\r\n]*\]", between):
            continue
        editor = Editor(text)
        indent = " " * (editor.column_of(key.start) + 2)
        lines = [f"{indent}- {text[item.start : item.end]}" for item in items.items]
        editor.replace(key.end, items.end, "\n".join([":", *lines]))
        return editor.apply()
    return ""
