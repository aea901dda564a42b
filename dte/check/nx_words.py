"""Interprets the words of an Nx call: its targets, and whether it runs tasks.

Source: Nx docs, "Nx commands"; the command objects of the nx 24.0.6 package.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dte.check.nx_calls import NxCall

# Subcommands of nx that aren't targets.
_OWN = frozenset(
    {"add", "clean-up-agents", "complete-ci-run", "completion", "configure"}
    | {"connect", "connect-to-nx-cloud", "convert-to-nx-cloud", "daemon"}
    | {"dep-graph", "exec", "fix-ci", "format", "g", "generate", "graph", "import"}
    | {"init", "list", "login", "logout", "mcp", "migrate", "new", "nx-cloud"}
    | {"print-affected", "record", "register", "release", "repair", "report"}
    | {"reset", "run-commands", "show", "start-agent", "start-ci-run"}
    | {"start-nx-agents", "start-workers", "stop-all-agents", "sync"}
    | {"upload-agent-metrics", "view-logs", "watch", "workspace-generator"}
    | {"workspace-lint"}
)
_ONLY_LISTS = ("--graph", "--plain", "--dry-run", "--print", "--help")


def runs_tasks(call: NxCall) -> bool:
    """Return whether the call runs tasks of projects."""
    if any(word.partition("=")[0] in _ONLY_LISTS for word in call.arguments):
        return False
    return bool(targets_of(call))


def targets_of(call: NxCall) -> tuple[str, ...]:
    """Return the targets that a call runs, without their configurations, or nothing."""
    return read_targets(call.name, call.arguments)


def read_targets(name: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the targets that `nx` runs with this subcommand and these arguments."""
    if name in ("affected", "run-many"):
        return _listed(arguments)
    if name == "run":
        parts = "".join(arguments[:1]).split(":")
        return tuple(parts[1:2])
    head, colon, tail = name.partition(":")
    if head == "affected" and colon:
        return () if tail in ("apps", "libs", "graph", "dep-graph") else (tail,)
    if head in _OWN or not re.fullmatch(r"[a-z][\w.-]*", head):
        return ()
    return (head,)


def _listed(arguments: Sequence[str]) -> tuple[str, ...]:
    targets: list[str] = []
    reading = False
    for word in arguments:
        name, equals, value = word.partition("=")
        if name in ("-t", "--target", "--targets"):
            reading = True
            targets += split_targets(value) if equals else []
        elif word.startswith("-"):
            reading = False
        elif reading:
            targets += split_targets(word)
    return tuple(targets)


def split_targets(text: str) -> list[str]:
    """Return the targets in a list separated by commas or white space."""
    names = (name.partition(":")[0] for name in re.split(r"[\s,]+", text))
    return [name for name in names if name]
