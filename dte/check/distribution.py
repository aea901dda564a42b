"""Finds out who runs a job's tasks: the workflow's agents or Nx Cloud's machines."""

from __future__ import annotations

from enum import Enum
from typing import Any

from dte.check.facts import CheckedJob
from dte.check.nx_calls import (
    START_AGENT,
    STARTS_WITH_FILE,
    STARTS_WITH_FLAGS,
    NxCall,
)
from dte.check.nx_words import runs_tasks
from dte.check.repository import Repository
from dte.check.run_file import list_distributions
from dte.check.variables import value_of

_NONE = ("false", "none", "no")
# The variable that turned on distribution before start-ci-run had --distribute-on.
OLD_SWITCH = "NX_CLOUD_DISTRIBUTED_EXECUTION"


class Distribution(Enum):
    """Who runs the tasks of a job; UNSTATED if the config doesn't say."""

    NONE = "nobody else"
    OWN = "agents of the workflow"
    HOSTED = "machines of Nx Cloud"
    UNSTATED = "unknown"


def distribution_of(job: CheckedJob, repository: Repository) -> Distribution:
    """Return who runs the tasks of a job.

    Source: Nx docs, "nx-cloud CLI", "CI Configuration".
    """
    started = job.program("start_ci_run")
    if started:
        return Distribution.OWN
    flags = job.calls_of(STARTS_WITH_FLAGS)
    if flags:
        return _of_flags(flags[0], job)
    if job.calls_of(*STARTS_WITH_FILE):
        return distribution_in_file(job, repository)
    if (value_of(job, OLD_SWITCH) or "").lower() == "true":
        # Jobs that run no tasks may get the variable from an executor that jobs share.
        runs = any(runs_tasks(call) for call in job.calls)
        agent = job.calls_of(START_AGENT)
        return Distribution.OWN if runs and not agent else Distribution.NONE
    return Distribution.NONE


def _of_flags(call: NxCall, job: CheckedJob) -> Distribution:
    if "--no-distribution" in call.arguments:
        return Distribution.NONE
    value = call.option("--distribute-on", "--distributeOn")
    if value is None:
        old = (value_of(job, OLD_SWITCH) or "").lower() == "true"
        return Distribution.OWN if old else Distribution.UNSTATED
    return read_distribution(value)


def distribution_in_file(job: CheckedJob, repository: Repository) -> Distribution:
    """Return who runs the tasks according to `.nx/ci-config.yaml`."""
    found = list_distributions(job, repository)
    return read_distribution(next((one.value for one in found if one.is_of_run), None))


def read_distribution(value: Any) -> Distribution:
    """Return who runs the tasks with this value of `distribute-on`."""
    if value is False or value in _NONE:
        return Distribution.NONE
    if value is None or (isinstance(value, str) and value.startswith("$")):
        return Distribution.UNSTATED
    return Distribution.OWN if value == "manual" else Distribution.HOSTED
