"""Finds the calls of Nx and Nx Cloud in shell commands, and in scripts they run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dte.check.repository import Repository, Script
from dte.check.shell import Command, read_commands
from dte.model import Where

START_AGENT = "start-agent"
STARTS_WITH_FLAGS = "start-ci-run"
STARTS_WITH_FILE = ("start-nx-agents", "start-workers")
STARTS = (STARTS_WITH_FLAGS, *STARTS_WITH_FILE)

_NX = re.compile(r"(?:.*/)?nx(?:-cloud)?(?:@\S+)?", re.DOTALL)
_IN_CODE = re.compile(r"""(['"`])([^'"`\n]*\bnx(?:-cloud)? +[a-z][^'"`\n]*)\1""")
_MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_INSTALLS = frozenset({"add", "ci", "i", "install", "remove", "up", "update", "why"})
_TALK = frozenset(
    {"[", "[[", "awk", "cat", "cd", "cp", "echo", "export", "git", "grep", "head"}
    | {"ls", "mkdir", "mv", "printf", "rm", "sed", "tail", "test", "touch", "which"}
)
_SHELLS = frozenset({"bash", "sh", "zsh", "source", "."})
_CODE = (".js", ".mjs", ".cjs", ".ts", ".mts", ".py")
_LONGEST_CHAIN = 6


@dataclass(frozen=True)
class NxCall:
    """A call of `nx` or `nx-cloud`: its subcommand and what follows it.

    ``recorded`` is the command behind `nx-cloud record --`. ``ignored`` says that the
    step goes on when the call fails, ``background`` that it doesn't wait for it.
    """

    name: str
    arguments: tuple[str, ...]
    where: Where
    environment: Mapping[str, str] = field(default_factory=dict)
    ignored: bool = False
    background: bool = False
    recorded: bool = False

    def option(self, *names: str) -> str | None:
        """The value of an option, such as `--distribute-on`; None if it isn't given."""
        for index, word in enumerate(self.arguments):
            name, equals, value = word.partition("=")
            if name in names:
                following = self.arguments[index + 1 : index + 2]
                return value if equals else "".join(following)
        return None


@dataclass(frozen=True)
class Found:
    """The commands that a step runs, those of scripts included, and its Nx calls."""

    commands: tuple[tuple[Command, Where], ...] = ()
    calls: tuple[NxCall, ...] = ()

    def __add__(self, other: Found) -> Found:
        """Both, in order."""
        return Found(self.commands + other.commands, self.calls + other.calls)


@dataclass
class Limit:
    """How many more scripts may be followed; a script may call others many times."""

    left: int = 500

    def take(self) -> bool:
        """Whether one more script may be followed."""
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True)
class CallFinder:
    """Follows the commands of a step; ``folder`` is where it runs."""

    repository: Repository
    folder: str = "."
    depth: int = 0
    limit: Limit = field(default_factory=Limit)

    def find(self, script: str, where: Where, *, exact: bool = False) -> Found:
        """What a script runs; with `exact`, lines count from `where`."""
        found = Found()
        finder = self
        for command in read_commands(script):
            line = where.line + command.line if exact else where.line
            at = Where(where.file, line, where.column)
            if command.words[:1] == ("cd",) and len(command.words) == 2:
                finder = replace(finder, folder=join(finder.folder, command.words[1]))
            found += Found(((command, at),), tuple(read_calls(command, at)))
            found += finder._follow(command, at)
        return found

    def _follow(self, command: Command, where: Where) -> Found:
        if self.depth == _LONGEST_CHAIN or not command.words:
            return Found()
        inner = replace(self, depth=self.depth + 1)
        if text := self._text_in(command):
            return inner.find(text, where) if self.limit.take() else Found()
        script = self._script(command)
        if script is None or not self.limit.take():
            return Found()
        text = script.text
        if script.file.endswith(_CODE):
            text = "\n".join(_commands_in_code(text))
        return inner.find(text, Where(script.file, script.line), exact=True)

    def _text_in(self, command: Command) -> str | None:
        """The script of `sh -c`, or of package.json: JSON has no place for comments."""
        words = command.words
        if words[0] in _SHELLS and "-c" in words[:-1]:
            return words[words.index("-c") + 1]
        plain = [word for word in words if not word.startswith("-")]
        if words[0] not in _MANAGERS or len(plain) < 2:
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
    """A path inside the repository; the checkout is in `~/project`."""
    name = re.sub(r"^(~|\$HOME|\$\{HOME\}|/home/circleci)/(project|repo)/?", "", name)
    return str(Path(folder, name or "."))


def read_calls(command: Command, where: Where) -> Iterator[NxCall]:
    """The Nx calls of one command: itself, and the one that it records."""
    words = command.words
    if (
        not words
        or words[0] in _TALK
        or (words[0] in _MANAGERS and _INSTALLS & set(words[1:2]))
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
    )
    yield call
    if call.name == "record":
        inner = Command(call.arguments, {}, command.line, command.then, command.ignored)
        for recorded in read_calls(inner, where):
            yield replace(recorded, recorded=True)


def _commands_in_code(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield "; ".join(found[2] for found in _IN_CODE.finditer(line))
