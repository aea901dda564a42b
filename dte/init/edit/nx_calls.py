"""Finds the Nx and Nx Cloud calls in the commands of run steps."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import NamedTuple

from dte.check.distribution import Distribution, read_distribution
from dte.check.nx_calls import STARTS
from dte.check.nx_words import read_targets

START_WORKERS = "start-workers"
STOP_AGENTS = "stop-all-agents"
DISTRIBUTE_ON = ("--distribute-on", "--distributeOn")
STOP_AFTER = ("--stop-agents-after", "--stopAgentsAfter")
AFFECTED = "affected"
_TASKS = (AFFECTED, "run-many", "run")

_RUNNER = (
    r"(?:npx(?:\s+(?:-y|--yes|--no-install|--no))*|pnpm(?:\s+(?:exec|dlx|run))?"
    r"|yarn(?:\s+(?:exec|dlx|run))?|bunx|bun(?:\s+(?:x|run))?|npm\s+exec(?:\s+--)?)\s+"
)
_CALL = re.compile(
    rf"(?:{_RUNNER})?(?P<tool>nx|nx-cloud)(?:@[\w.^~-]+)?\s+(?P<name>[\w:-]+)\b"
    r"(?P<rest>[^\n;&|]*)"
)
# A shell interprets these characters, so the call's arguments are unknown.
_SHELL = re.compile(r"[$`;&|<>(){}*?~\\\n#]")
# The default base and head of nx affected, which set_shas exports.
_SHAS = re.compile(r"""\s--(?:base|head)(?:=|\s+)["']?\$\{?NX_(?:BASE|HEAD)\}?["']?""")


class NxCall(NamedTuple):
    """A call of Nx; ``words`` are its arguments, or None if a shell must expand them.

    ``is_alone`` is True if the step's command contains nothing except this call.
    """

    name: str
    words: tuple[str, ...] | None
    is_alone: bool

    def flag(self, *names: str) -> str:
        """Return the value of the first of these flags, or an empty string."""
        words = self.words or ()
        for index, word in enumerate(words):
            name, equals, value = word.partition("=")
            if name in names:
                return value if equals else "".join(words[index + 1 : index + 2])
        return ""


def find_calls(command: str) -> list[NxCall]:
    """Return each Nx call in a command, in order, except in comments and echo."""
    joined = re.sub(r"\\\r?\n\s*", " ", command)
    lines = [line.strip() for line in joined.splitlines()]
    code = [line for line in lines if not re.match(r"#|(?:echo|printf)\s", line)]
    found = []
    for line in code:
        for match in _CALL.finditer(line):
            before = line[match.start() - 1 : match.start()]
            if before and not re.match(r"[\s;&|(!'\"=]", before):
                continue
            alone = len([line for line in code if line]) == 1
            is_alone = alone and match.span() == (0, len(line))
            found.append(NxCall(match["name"], _split(match["rest"]), is_alone))
    return found


def _split(text: str) -> tuple[str, ...] | None:
    text = _SHAS.sub("", text)
    if _SHELL.search(text):
        return None
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return None


def runs_tasks(call: NxCall) -> bool:
    """Return whether the call runs tasks of projects."""
    return call.name in _TASKS


def is_hosted(call: NxCall) -> bool:
    """Return whether the call starts a run whose agents Nx Cloud hosts."""
    return _find_distribution(call) is Distribution.HOSTED


def takes_own_agents(call: NxCall) -> bool:
    """Return whether the call starts a run that agents of the workflow can join."""
    return _find_distribution(call) in (Distribution.OWN, Distribution.UNSTATED)


def _find_distribution(call: NxCall) -> Distribution:
    words = call.words or ()
    if call.name not in STARTS or "--no-distribution" in words:
        return Distribution.NONE
    if all(word.partition("=")[0] not in DISTRIBUTE_ON for word in words):
        return Distribution.UNSTATED
    return read_distribution(call.flag(*DISTRIBUTE_ON))


def list_targets(calls: Iterable[NxCall]) -> tuple[str, ...]:
    """Return all targets that the calls run; empty if a call's targets are unknown."""
    found: list[str] = []
    for call in calls:
        targets = read_targets(call.name, call.words or ())
        if not targets and runs_tasks(call):
            return ()
        found += targets
    return tuple(dict.fromkeys(found))
