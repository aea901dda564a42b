"""Reads the steps of a job or a command, including those inside conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dte.init.edit.nx_calls import NxCall, find_calls
from dte.init.edit.tree import ALIAS, LIST, MAP, SCALAR, Node

_CONDITIONS = ("when", "unless")
_INSTALL = re.compile(
    r"\b(?:npm (?:ci|i|install)|pnpm (?:i|install)|bun (?:i|install)|yarn install"
    r"|yarn(?: --[\w-]+)*\s*$)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Step:
    """One step; ``name`` is its kind or command, ``settings`` its arguments.

    ``owner`` is the list that contains the step, at ``index``. ``is_shared`` is True if
    an alias refers to the step, so an edit would also change other steps.
    """

    node: Node
    owner: Node
    index: int
    name: str
    settings: Node | None
    is_shared: bool

    @property
    def command(self) -> str:
        """The shell command of a run step, or an empty string."""
        if self.name != "run" or self.settings is None:
            return ""
        given = self.settings.value
        text = given.get("command") if isinstance(given, dict) else given
        return text if isinstance(text, str) else ""

    @property
    def keys(self) -> set[str]:
        """The keys of the step's settings; empty if the settings aren't a mapping."""
        given = self.settings.value if self.settings else None
        return set(given) if isinstance(given, dict) else set()

    @property
    def calls(self) -> list[NxCall]:
        """The Nx calls in the step's command."""
        return find_calls(self.command)

    @property
    def installs(self) -> bool:
        """Whether the step seems to install packages, or to attach installed ones."""
        return (
            self.name == "attach_workspace"
            or "install" in self.name
            or _INSTALL.search(self.command) is not None
        )


def list_steps(steps: Node | None, *, is_shared: bool = False) -> Iterator[Step]:
    """Yield each step of a list, in order; a condition's steps follow the condition."""
    if steps is not None and steps.kind == ALIAS:
        yield from list_steps(steps.target, is_shared=True)
    elif steps is not None and steps.kind == LIST:
        for index, item in enumerate(steps.items):
            yield from _list_item(item, steps, index, is_shared)


def _list_item(item: Node, owner: Node, index: int, is_shared: bool) -> Iterator[Step]:
    node = item
    if item.kind == ALIAS and item.target is not None:
        node, is_shared = item.target, True
    if node.kind == SCALAR:
        yield Step(node, owner, index, node.text, None, is_shared)
    if node.kind != MAP or not node.pairs:
        return
    key, settings = node.pairs[0]
    yield Step(node, owner, index, key.text, settings, is_shared)
    if key.text in _CONDITIONS and settings.kind == MAP:
        yield from list_steps(settings.get("steps"), is_shared=is_shared)
