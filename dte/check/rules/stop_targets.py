"""`--stop-agents-after` leaves out a target that a later command of main runs.

Nx Cloud lets idle agents go once the last of these targets was requested. A command
behind that finds no agents, and fails or waits an hour. Targets of the same command are
requested together. Source: Nx docs, "nx-cloud CLI", --stop-agents-after; "CI
Configuration", stop-after; nrwl/nx-examples@5214350, which fixes a deployment that did
not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import STARTS, STARTS_WITH_FLAGS, NxCall
from dte.check.nx_words import runs_tasks, split_targets, targets_of
from dte.check.repository import Repository
from dte.check.variables import setting_of
from dte.model import Where
from dte.parse import LocatedMap

CODE = "dte-check-stop-targets"
_ALONE = ("--no-agents", "--no-dte", "--no-cloud", "--skip-nx-cloud")
Batch = tuple[set[str], Where]


def find(facts: Facts) -> Iterator[Finding]:
    """Yield the commands whose targets come after the agents may have stopped."""
    for flow in facts.workflows:
        for job in (*flow.mains, *flow.hosted):
            listed = stop_targets(job, facts.repository)
            batches = list(list_batches(job))
            last = [i for i, (targets, _) in enumerate(batches) if targets & listed]
            for targets, where in batches[max(last) + 1 :] if last else ():
                missing = sorted(targets - listed)
                yield finding(
                    CODE,
                    where,
                    f"{', '.join(missing)} runs when the agents may have stopped: "
                    f"they stop after {', '.join(sorted(listed))}",
                    "name every target of main in the stop targets, also: "
                    + ", ".join(missing),
                )


def stop_targets(job: CheckedJob, repository: Repository) -> set[str]:
    """The targets after which the agents may stop; empty if unknown."""
    own = setting_of(job, "start_ci_run", "DTE_STOP_AGENTS_AFTER")
    if own:
        return set(split_targets(own))
    values = [
        call.option("--stop-agents-after", "--stopAgentsAfter") or ""
        for call in job.calls_of(STARTS_WITH_FLAGS)
    ]
    if values or repository.ci_config is None:
        return set(split_targets(" ".join(values)))
    lifecycle = repository.ci_config[1].get("lifecycle")
    listed: Any = (
        lifecycle.get("stop-after") if isinstance(lifecycle, LocatedMap) else ""
    )
    words = listed if isinstance(listed, list) else [listed or ""]
    return set(split_targets(" ".join(map(str, words))))


def list_batches(job: CheckedJob) -> Iterator[Batch]:
    """The targets that main requests together, one batch after the other."""
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
    """Whether the tasks of a call go to agents."""
    return runs_tasks(call) and not set(call.arguments) & set(_ALONE)
