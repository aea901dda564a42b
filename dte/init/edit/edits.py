"""Collects edits of a text, and applies them together."""

from __future__ import annotations

import re
from typing import NamedTuple

from dte.init.edit.tree import Node


class Edit(NamedTuple):
    """Replaces the characters between two offsets with `text`."""

    start: int
    end: int
    text: str


class Editor:
    """A text and its edits; new lines have the same line endings as the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._edits: list[Edit] = []
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace the characters from `start` to `end` with `text`."""
        self._edits.append(Edit(start, end, text.replace("\n", self.newline)))

    def insert_lines(self, after: int, lines: list[str], indent: int) -> None:
        """Add indented lines after the line that contains the offset `after`.

        Comments below that line stay before the new lines if they are indented more.
        """
        block = "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in lines)
        after = max(after, self._skip_comments(after, indent))
        end = self.text.find("\n", after)
        if end < 0:
            block = "\n" + block.removesuffix("\n")
            end = len(self.text) - 1
        self.replace(end + 1, end + 1, block)

    def _skip_comments(self, after: int, indent: int) -> int:
        comments = re.compile(
            rf"[^\n]*(?:\n[ \t]*\r?)*\n {{{indent + 1},}}#[^\r\n]*", re.ASCII
        )
        while found := comments.match(self.text, after):
            after = found.end()
        return after

    def remove_lines(self, start: int, end: int) -> None:
        """Remove all lines that contain a character from `start` to `end`."""
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", end)
        self.replace(first, len(self.text) if last < 0 else last + 1, "")

    def apply(self) -> str:
        """Return the text after all edits; edits at one offset keep their order."""
        pieces, done = [], 0
        for edit in sorted(self._edits, key=lambda edit: (edit.start, edit.end)):
            pieces += [self.text[done : edit.start], edit.text]
            done = max(done, edit.end)
        return "".join([*pieces, self.text[done:]])

    def column_of(self, offset: int) -> int:
        """Return the number of characters before `offset` in its line."""
        return offset - (self.text.rfind("\n", 0, offset) + 1)

    def indent_of(self, node: Node) -> int:
        """Return the column of a key, or of the dash before an item of a block list."""
        before = self.text[node.start - self.column_of(node.start) : node.start]
        dash = re.fullmatch(r"(\s*)-\s+(?:[&!]\S+\s+)*", before)
        return len(dash[1]) if dash else len(before)

    def line_of(self, offset: int) -> int:
        """Return the number of the line at `offset`, from 1."""
        return self.text.count("\n", 0, offset) + 1

    def has_comment(self, node: Node) -> bool:
        """Return whether a node contains a comment; one after its end doesn't count."""
        return _find_comment(self.text[node.start : node.end])


def _find_comment(text: str) -> bool:
    """Return whether a text has a comment, or a `#` that looks like a comment."""
    return re.search(r"(?m)(^|\s)#", text) is not None
