"""Finds what a step runs: its commands, and the scripts that they call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from dte.check.nx_calls import MANAGERS, NxCall, read_calls
from dte.check.repository import Repository, Script
from dte.check.shell import Command, read_commands
from dte.model import Where

_IN_CODE = re.compile(r"""(['"`])([^'"`\n]*\bnx(?:-cloud)? +[a-z][^'"`\n]*)\1""")
_SHELLS = frozenset({"bash", "sh", "zsh", "source", "."})
_CODE = (".js", ".mjs", ".cjs", ".ts", ".mts", ".py")
_LONGEST_CHAIN = 6


@dataclass
class Found:
    """The commands that a step and its scripts run, and the Nx calls among them."""

    commands: list[tuple[Command, Where]] = field(default_factory=list)
    calls: list[NxCall] = field(default_factory=list)

    def add(self, command: Command, where: Where, folder: str) -> None:
        """Add a command that runs in `folder`, and its Nx calls."""
        self.commands.append((command, where))
        self.calls += read_calls(command, where, folder)


@dataclass
class Limit:
    """Limits how many characters of scripts are read, as a script can call itself."""

    left: int = 2_000_000

    def take(self, text: str) -> bool:
        """Count the characters of a script; return whether the limit allows them."""
        self.left -= 1000 + len(text)
        return self.left >= 0


@dataclass(frozen=True)
class Follower:
    """Collects the commands of a step in ``found``; the step runs in ``folder``."""

    repository: Repository
    folder: str = "."
    found: Found = field(default_factory=Found)
    depth: int = 0
    limit: Limit = field(default_factory=Limit)

    def follow(self, script: str, where: Where, *, exact: bool = False) -> Found:
        """Return the commands and Nx calls of a script, with their positions.

        With `exact`, the script's first line is the line of `where`. Without `exact`,
        all commands have the line of `where`.
        """
        inside = self
        for command in read_commands(script):
            line = where.line + command.line if exact else where.line
            at = Where(where.file, line, where.column)
            self.found.add(command, at, inside.folder)
            if command.words[:1] == ("cd",) and len(command.words) == 2:
                folder = join(inside.folder, command.words[1])
                inside = replace(inside, folder=folder)
            inside._follow_command(command, at)
        return self.found

    def _follow_command(self, command: Command, where: Where) -> None:
        if self.depth == _LONGEST_CHAIN or not command.words:
            return
        inner = replace(self, depth=self.depth + 1)
        if text := self._text_in(command):
            if self.limit.take(text):
                inner.follow(text, where)
            return
        script = self._script(command)
        if script is None or not self.limit.take(script.text):
            return
        text = script.text
        if script.file.endswith(_CODE):
            text = "\n".join(_commands_in_code(text))
        inner.follow(text, Where(script.file, script.line), exact=True)

    def _text_in(self, command: Command) -> str | None:
        """Return the script that the command runs with `sh -c` or from package.json."""
        words = command.words
        if words[0] in _SHELLS and "-c" in words[:-1]:
            return words[words.index("-c") + 1]
        plain = [word for word in words if not word.startswith("-")]
        if words[0] not in MANAGERS or len(plain) < 2:
            return None
        names = plain[2:] if plain[1] in ("run", "run-script") else plain[1:]
        return self.repository.package_script(self.folder, "".join(names[:1]))

    def _script(self, command: Command) -> Script | None:
        words = [word for word in command.words if not word.startswith("-")]
        if not words:
            return None
        if words[0] == "make":
            return self.repository.make_target(self.folder, "".join(words[1:2]))
        if words[0] in _SHELLS or words[0] in ("node", "python3", "tsx"):
            words = words[1:]
        if words and ("/" in words[0] or words[0].endswith((".sh", *_CODE))):
            return self.repository.script(join(self.folder, words[0]))
        return None


def join(folder: str, name: str) -> str:
    """Join two paths; `~/project` at the start of `name` is the repository's folder."""
    name = re.sub(r"^(~|\$HOME|\$\{HOME\}|/home/circleci)/(project|repo)/?", "", name)
    return str(Path(folder, name or "."))


def _commands_in_code(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield "; ".join(found[2] for found in _IN_CODE.finditer(line))
