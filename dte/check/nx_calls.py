"""Finds the Nx and Nx Cloud calls in shell commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dte.check.shell import Command
from dte.model import Where

START_AGENT = "start-agent"
STARTS_WITH_FLAGS = "start-ci-run"
STARTS_WITH_FILE = ("start-nx-agents", "start-workers")
STARTS = (STARTS_WITH_FLAGS, *STARTS_WITH_FILE)

MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_NX = re.compile(r"(?:.*/)?nx(?:-cloud)?(?:@\S+)?", re.DOTALL)
_INSTALLS = frozenset({"add", "ci", "i", "install", "remove", "up", "update", "why"})
_TALK = frozenset(
    {"[", "[[", "awk", "cat", "cd", "cp", "echo", "export", "git", "grep", "head"}
    | {"ls", "mkdir", "mv", "printf", "rm", "sed", "tail", "test", "touch", "which"}
)


@dataclass(frozen=True)
class NxCall:
    """A call of `nx` or `nx-cloud`: its subcommand and arguments.

    ``ignored`` is True if the step continues when the call fails. ``background`` is
    True if the step doesn't wait for the call. ``folder`` is the folder in which the
    call runs, relative to the checkout.
    """

    name: str
    arguments: tuple[str, ...]
    where: Where
    environment: Mapping[str, str] = field(default_factory=dict)
    ignored: bool = False
    background: bool = False
    folder: str = "."

    def option(self, *names: str) -> str | None:
        """Return the value of an option such as `--distribute-on`, or None."""
        for index, word in enumerate(self.arguments):
            name, equals, value = word.partition("=")
            if name in names:
                following = self.arguments[index + 1 : index + 2]
                return value if equals else "".join(following)
        return None


def read_calls(command: Command, where: Where, folder: str) -> Iterator[NxCall]:
    """Yield a command's Nx call, and the Nx call that `nx-cloud record` records."""
    words = command.words
    if (
        not words
        or words[0] in _TALK
        or (words[0] in MANAGERS and _INSTALLS & set(words[1:2]))
    ):
        return
    index = next((i for i, word in enumerate(words) if _NX.fullmatch(word)), None)
    if index is None:
        return
    rest = list(words[index + 1 :])
    while rest and rest[0].startswith("-"):
        del rest[0]
    if not rest:
        return
    call = NxCall(
        name=rest[0],
        arguments=tuple(rest[1:]),
        where=where,
        environment=command.assignments,
        ignored=command.ignored,
        background=command.then == "&",
        folder=folder,
    )
    yield call
    if call.name == "record":
        inner = Command(call.arguments, {}, command.line, command.then, command.ignored)
        yield from read_calls(inner, where, folder)
