"""Finds out how a job installs the packages of the workspace."""

from __future__ import annotations

from dataclasses import dataclass

from dte.check.facts import CheckedJob
from dte.check.nx_calls import START_AGENT, STARTS
from dte.check.shell import Command
from dte.model import Where

_VERBS = {
    "npm": ("ci", "install", "i", "clean-install"),
    "pnpm": ("install", "i"),
    "yarn": ("install",),
    "bun": ("install", "i", "ci"),
}
# Options that change which packages are installed, or which versions.
_OPTIONS = (
    "--frozen-lockfile",
    "--immutable",
    "--legacy-peer-deps",
    "--no-optional",
    "--omit=dev",
    "--prod",
    "--production",
)


@dataclass(frozen=True)
class Install:
    """An install: messages show ``text``, and ``kind`` must be equal on all jobs."""

    text: str
    kind: tuple[str, ...]
    where: Where


def install_of(job: CheckedJob) -> Install | None:
    """Return the first install before the job starts an agent or a run."""
    found = None
    for step in job.steps:
        if step.program == "install":
            manager = step.environment.get("DTE_PACKAGE_MANAGER", "")
            own = step.environment.get("DTE_INSTALL", "")
            folder = str(step.step.arguments.get("working_directory", "."))
            text = own or f"package_manager {manager}"
            text += f" in {folder}" if folder != "." else ""
            if found is None and (own or manager != "none"):
                found = Install(text, ("dte", manager, own, folder), step.where)
        if any(call.name in (START_AGENT, *STARTS) for call in step.calls):
            break
        for command, where in step.commands:
            if kind := kind_of(command):
                found = found or Install(" ".join(command.words), kind, where)
    return found


def kind_of(command: Command) -> tuple[str, ...]:
    """Return the package manager, its verb and options; empty if it doesn't install."""
    words = command.words
    manager = words[0] if words else ""
    plain = [word for word in words[1:] if not word.startswith("-")]
    if manager not in _VERBS or "-g" in words or "--global" in words:
        return ()
    if (manager == "yarn" and not plain) or (
        len(plain) == 1 and plain[0] in _VERBS[manager]
    ):
        verb = "ci" if plain[:1] in (["ci"], ["clean-install"]) else "install"
        return (manager, verb, *sorted(set(words) & set(_OPTIONS)))
    return ()
