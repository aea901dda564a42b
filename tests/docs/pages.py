"""The repository's Markdown pages, and their code blocks."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.tooling.repository import ROOT, name_of, python_files, repository_files

# Pages in tests/ are left out, because they belong to workspaces of the tests.
PAGES = sorted(
    path
    for path in repository_files()
    if path.suffix == ".md" and not name_of(path).startswith("tests/")
)
BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """A block of code: its page, line, kind (`yaml`, `sh`, empty) and text."""

    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def list_blocks(*kinds: str) -> Iterator[Block]:
    """Yield the blocks of these kinds on all pages."""
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        for found in BLOCK.finditer(page):
            indent = found["indent"]
            text = re.sub(f"(?m)^{indent}", "", found["text"])
            if found["kind"] in kinds:
                line = page.count("\n", 0, found.start()) + 1
                yield Block(name_of(path), line, found["kind"], text)


def read_config(page: str) -> str:
    """Return the only config of `docs/PAGE.md`."""
    (block,) = (one for one in list_blocks("yaml") if one.page == f"docs/{page}.md")
    return block.text


def list_commands() -> Iterator[tuple[str, list[str]]]:
    """Yield the page and the words of each command in the shell blocks."""
    for block in list_blocks("sh"):
        for line in block.text.replace("\\\n", " ").splitlines():
            if words := shlex.split(line, comments=True):
                yield block.page, words


def read_commands(page: str) -> list[list[str]]:
    """Return the words of each command of `dte` in the shell blocks of a page."""
    return [
        words for name, words in list_commands() if (name, words[0]) == (page, "dte")
    ]


@cache
def list_texts() -> dict[str, str]:
    """Return every string in the code of the scripts and of `dte`, with its file."""
    shell = (ROOT / "scripts").glob("*.sh")
    return {path.read_text(): name_of(path) for path in shell} | {
        node.value: name
        for name, tree in python_files("scripts/", "dte/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
