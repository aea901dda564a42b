"""Nx Cloud's machines get the tasks, while agents of the workflow wait for tasks.

Nx's generator writes `distribute-on: 3 linux-medium-js` (nrwl/nx#36504), which requests
hosted agents. The workflow's own agents then wait an hour. dte/main refuses such a
file. Source: Nx docs, "CI Configuration", distribute-on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from dte.check.distribution import Distribution, read_distribution
from dte.check.facts import CheckedWorkflow, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import STARTS_WITH_FLAGS
from dte.check.repository import Repository
from dte.check.run_file import list_distributions
from dte.check.variables import setting_of
from dte.model import Where

CODE = "dte-check-hosted-agents"
_HOSTED = "requests machines of Nx Cloud"


def find(facts: Facts) -> Iterator[Finding]:
    """Find each workflow's first wrong `distribute-on` if the workflow has agents."""
    for flow in facts.workflows:
        settings = list_settings(flow, facts.repository) if flow.agents else iter(())
        for where, text in islice(settings, 1):
            yield finding(
                CODE,
                where,
                f"distribute-on {text}, but {flow.title} has its own agents, which "
                "then wait an hour",
                "write distribute-on: manual",
                "or remove the agents of the workflow",
            )


def list_settings(
    flow: CheckedWorkflow, repository: Repository
) -> Iterator[tuple[Where, str]]:
    """Yield the position of each wrong `distribute-on`, and the effect of its value.

    The flags of start-ci-run come before the settings in `.nx/ci-config.yaml`.
    """
    for job in flow.hosted:
        for call in job.calls_of(STARTS_WITH_FLAGS):
            yield call.where, _HOSTED
    for job in flow.hosted:
        for one in list_distributions(job, repository):
            if one.is_of_run:
                yield one.where, _HOSTED
    for job in flow.mains:
        if setting_of(job, "start_ci_run", "DTE_START") in ("auto", "config"):
            for one in list_distributions(job, repository):
                if one.value != "manual":
                    yield one.where, describe(one.value)


def describe(value: Any) -> str:
    """Return the text for messages about a value that dte/main refuses."""
    if read_distribution(value) is Distribution.HOSTED:
        return _HOSTED
    shown = {None: "empty", False: "false"}.get(value, value)
    return f"is {shown}, which dte/main refuses"
