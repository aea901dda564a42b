"""Finds the calls of Nx and Nx Cloud in the commands of run steps."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

START_RUN = ("start-ci-run", "start-nx-agents")
START_AGENT = "start-agent"
STOP_AGENTS = "stop-all-agents"
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
# A shell interprets these, so the words are unknown.
_SHELL = re.compile(r"[$`;&|<>(){}*?~\\\n#]")
# The defaults of nx affected, which set_shas exports.
_SHAS = re.compile(r"""\s--(?:base|head)(?:=|\s+)["']?\$\{?NX_(?:BASE|HEAD)\}?["']?""")


class NxCall(NamedTuple):
    """A call of Nx; ``words`` are its arguments, None if a shell has to expand them."""

    name: str
    words: tuple[str, ...] | None
    is_alone: bool

    def flag(self, *names: str) -> str:
        """Return the value of the first of these flags, or an empty text."""
        words = self.words or ()
        for index, word in enumerate(words):
            name, equals, value = word.partition("=")
            if name in names:
                return value if equals else "".join(words[index + 1 : index + 2])
        return ""


def find_calls(command: str) -> list[NxCall]:
    """Yield each call of Nx in a command, in order, except in comments and echo."""
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
    distribution = call.flag("--distribute-on", "--distributeOn")
    return call.name in START_RUN and distribution not in ("", "manual")


def list_targets(call: NxCall) -> list[str]:
    """Return the targets that a call names with -t, --target or --targets."""
    words = list(call.words or ())
    found: list[str] = []
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name not in ("-t", "--target", "--targets"):
            continue
        values = [value] if equals else []
        while not equals and words and not words[0].startswith("-"):
            values.append(words.pop(0))
        found += [target for text in values for target in re.split(r"[,\s]+", text)]
    return [target for target in found if target]
