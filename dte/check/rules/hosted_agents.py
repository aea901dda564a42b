"""The tasks go to machines of Nx Cloud, while agents of the workflow wait for them.

Nx's generator writes `distribute-on: 3 linux-medium-js` (nrwl/nx#36504), which asks
for hosted agents. The workflow's own agents then wait an hour. dte/main refuses such a
file. Source: Nx docs, "CI Configuration", distribute-on.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.distribution import Distribution, distribution_in_file
from dte.check.facts import CheckedWorkflow, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import STARTS_WITH_FLAGS
from dte.check.repository import Repository
from dte.check.run_file import run_file
from dte.check.variables import setting_of
from dte.model import Where
from dte.parse import LocatedMap

CODE = "dte-check-hosted-agents"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield where `distribute-on` is not manual beside the workflow's agents."""
    for flow in facts.workflows:
        place = hosted_place(flow, facts.repository) if flow.agents else None
        if place:
            yield finding(
                CODE,
                place,
                f"distribute-on asks for machines of Nx Cloud, and {flow.title} has "
                "agents of its own, which then wait an hour",
                "write distribute-on: manual",
                "or remove the agents of the workflow",
            )


def hosted_place(flow: CheckedWorkflow, repository: Repository) -> Where | None:
    """Where a job of the workflow asks for hosted agents, a flag before a file."""
    for job in flow.hosted:
        for call in job.calls_of(STARTS_WITH_FLAGS):
            return call.where
    by_dte = [
        job
        for job in flow.mains
        if setting_of(job, "start_ci_run", "DTE_START") in ("auto", "config")
    ]
    for job in (*flow.hosted, *by_dte):
        file = run_file(job, repository)
        if file and distribution_in_file(job, repository) is Distribution.HOSTED:
            section = file[1]["dte"]
            assert isinstance(section, LocatedMap)
            return section.where_is("distribute-on")
    return None
