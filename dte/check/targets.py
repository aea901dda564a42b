"""Finds the targets that main runs, and the targets after which its agents may stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dte.check.facts import CheckedJob
from dte.check.nx_calls import STARTS, STARTS_WITH_FLAGS, NxCall
from dte.check.nx_words import runs_tasks, split_targets, targets_of
from dte.check.repository import Repository
from dte.check.run_file import run_file, starts_with_flags
from dte.check.variables import setting_of
from dte.model import Where
from dte.parse import LocatedMap

_ALONE = ("--no-agents", "--no-dte", "--no-cloud", "--skip-nx-cloud")
Batch = tuple[set[str], Where]


def stop_targets(job: CheckedJob, repository: Repository) -> set[str]:
    """Return the targets after which the agents may stop; empty if unknown."""
    own = setting_of(job, "start_ci_run", "DTE_STOP_AGENTS_AFTER")
    if not own and starts_with_flags(job, repository):
        own = setting_of(job, "start_ci_run", "DTE_TARGETS")
    if own:
        return set(split_targets(own))
    values = [
        call.option("--stop-agents-after", "--stopAgentsAfter") or ""
        for call in job.calls_of(STARTS_WITH_FLAGS)
    ]
    config = run_file(job, repository)
    if values or config is None:
        return set(split_targets(" ".join(values)))
    lifecycle = config[1].get("lifecycle")
    listed: Any = (
        lifecycle.get("stop-after") if isinstance(lifecycle, LocatedMap) else ""
    )
    words = listed if isinstance(listed, list) else [listed or ""]
    return set(split_targets(" ".join(map(str, words))))


def list_batches(job: CheckedJob) -> Iterator[Batch]:
    """Yield, in order, the targets that main requests together, and their position."""
    started = False
    for step in job.steps:
        if step.program == "run_affected":
            targets = step.environment.get("DTE_TARGETS", "")
            yield set(split_targets(targets)), step.where
        started = started or step.program == "start_ci_run"
        together: set[str] = set()
        for call in step.calls:
            started = started or call.name in STARTS
            if not started or not is_distributed(call):
                continue
            together |= {name for name in targets_of(call) if "$" not in name}
            if not call.background:
                yield together, call.where
                together = set()
        if together:
            yield together, step.where


def is_distributed(call: NxCall) -> bool:
    """Return whether the tasks of a call go to agents."""
    return runs_tasks(call) and not set(call.arguments) & set(_ALONE)
