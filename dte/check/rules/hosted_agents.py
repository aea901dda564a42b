"""Nx Cloud's machines get the tasks, while agents of the workflow wait for tasks.

Nx's generator writes `distribute-on: 3 linux-medium-js` (nrwl/nx#36504), which requests
hosted agents. The workflow's own agents then wait an hour. dte/main refuses such a
file. Source: Nx docs, "CI Configuration", distribute-on.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.distribution import Distribution, distribution_in_file
from dte.check.facts import Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import STARTS_WITH_FLAGS
from dte.check.variables import setting_of
from dte.model import Where
from dte.parse import LocatedMap

CODE = "dte-check-hosted-agents"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield each `distribute-on` that isn't manual if the workflow has agents."""
    hosted_file = distribution_in_file(facts.repository) is Distribution.HOSTED
    for flow in facts.workflows:
        dte = [
            job
            for job in flow.mains
            if setting_of(job, "start_ci_run", "DTE_START") in ("auto", "config")
        ]
        if not flow.agents or not (flow.hosted or (dte and hosted_file)):
            continue
        flags = [
            call for job in flow.hosted for call in job.calls_of(STARTS_WITH_FLAGS)
        ]
        yield finding(
            CODE,
            flags[0].where if flags else line_of(facts),
            f"distribute-on requests machines of Nx Cloud, but {flow.title} has its "
            "own agents, which then wait an hour",
            "write distribute-on: manual",
            "or remove the agents of the workflow",
        )


def line_of(facts: Facts) -> Where:
    """Return the place of `distribute-on` in the file."""
    assert facts.repository.ci_config is not None
    dte = facts.repository.ci_config[1]["dte"]
    assert isinstance(dte, LocatedMap)
    return dte.where_is("distribute-on")
