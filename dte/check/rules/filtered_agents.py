"""For a branch or tag, filters let main run without agents, or agents without main.

A job without a filter for tags doesn't run for a tag. So a main that also builds tags
may run alone, and then waits an hour. Source: CircleCI docs, "Configuration reference",
`filters`. The rule tries common branches, and the branches and tags in the config.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, CheckedWorkflow, Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-filtered-agents"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the first main that has no agent, and the first agent that has no main."""
    for flow in facts.workflows:
        if flow.mains and flow.agents:
            yield from _alone(flow, flow.mains, flow.agents, "no agent")
            yield from _alone(flow, flow.agents, flow.mains, "no main")


def _alone(
    flow: CheckedWorkflow,
    jobs: tuple[CheckedJob, ...],
    peers: tuple[CheckedJob, ...],
    missing: str,
) -> Iterator[Finding]:
    for selection in flow.selections:
        running = [job for job in jobs if job.name in selection.jobs]
        if running and not any(peer.name in selection.jobs for peer in peers):
            yield finding(
                CODE,
                running[0].where,
                f"for {selection.title}, {running[0].title} runs but {missing} does, "
                "so it waits an hour",
                "give main and the agents the same filters",
            )
            return
