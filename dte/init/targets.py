"""Chooses the targets that main runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dte.init.graph import ask_nx
from dte.init.inferred_targets import predict_targets
from dte.init.json_files import section
from dte.init.projects import list_declared_targets, list_files

# The default of `targets` on dte/main.
DEFAULT = ("lint", "test", "build", "e2e-ci")
# The targets that Nx's generator for CI configs runs, in the generator's order.
_USUAL = ("lint", "typecheck", "test", "build", "e2e-ci")


class ChosenTargets(NamedTuple):
    """The targets in the order in which main runs them, and their source.

    ``unreadable`` are the project files that can't be read as JSON.
    """

    names: tuple[str, ...]
    source: str
    unreadable: tuple[str, ...] = ()


def choose_targets(root: Path, nx_json: dict[str, Any]) -> ChosenTargets:
    """Return the usual targets that exist in the workspace, or all default targets.

    The first source that has usual targets decides: the installed Nx, then the project
    files and the plugins' conventions, then the target defaults in nx.json.
    """
    files = list_files(root)
    inferred = predict_targets(
        nx_json, [path.relative_to(root).as_posix() for path in files]
    )
    usual = {name: target.usual_name for name, target in inferred.items()}
    if installed := choose_usual(ask_nx(root), usual):
        return ChosenTargets(installed, "the installed Nx")
    declared, unreadable = list_declared_targets(root, files)
    found = {name: target.plugin for name, target in inferred.items()} | declared
    if chosen := choose_usual(found, usual):
        sources = dict.fromkeys(found[name] for name in chosen)
        return ChosenTargets(chosen, ", ".join(sources), unreadable)
    if chosen := choose_usual(section(nx_json, "targetDefaults")):
        return ChosenTargets(chosen, "targetDefaults in nx.json", unreadable)
    return ChosenTargets(DEFAULT, "default", unreadable)


def choose_usual(
    existing: Iterable[str], usual_names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the targets that CI usually runs; e2e only if there is no e2e-ci.

    `usual_names` maps a target with another name to its usual name, for example
    `vite:test` to `test`.
    """
    known = {name: (usual_names or {}).get(name, name) for name in sorted(existing)}
    last = () if "e2e-ci" in known.values() else ("e2e",)
    return tuple(
        name for usual in (*_USUAL, *last) for name in known if known[name] == usual
    )


def note_on_targets(chosen: ChosenTargets) -> list[str]:
    """Return sentences about unreadable files, and about targets the user must set."""
    notes = [
        f"{name} is not a JSON object, so the targets in it are unknown"
        for name in chosen.unreadable
    ]
    if chosen.source != "default":
        return notes
    return [
        *notes,
        "no project has a target named "
        + ", ".join(_USUAL)
        + ": set `targets` on dte/main to those that CI should run",
    ]
