"""Main distributes its tasks to agents, but the workflow has none.

Main then waits for an hour and fails with "No new completed tasks after 3600 seconds"
(TanStack/query#9623). Agents in another workflow of the pipeline don't help, because on
CircleCI the run's id is the workflow's id. Source: Nx docs, "Environment variables",
NX_CI_EXECUTION_ID.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, CheckedWorkflow, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import START_AGENT
from dte.check.variables import execution_of, value_of

CODE = "dte-check-no-agents"


def find(facts: Facts) -> Iterator[Finding]:
    """Find each main whose workflow has no agent for its tasks."""
    for flow in facts.workflows:
        for job in flow.mains:
            if not has_agents(flow, job):
                yield finding(
                    CODE,
                    job.where,
                    f"{job.title} distributes its tasks, but {flow.title} has no "
                    "agent for it, so the job waits an hour",
                    "add dte/agent, with requires: [dte/attempt]",
                    "or run the tasks without agents: nx affected --no-agents",
                )


def has_agents(flow: CheckedWorkflow, job: CheckedJob) -> bool:
    """Return whether main may have agents, including agents in unknown orbs."""
    if job.calls_of(START_AGENT) or value_of(job, "NX_CI_EXECUTION_ID"):
        return True
    if any(other.is_unknown or other.has_unknown_steps for other in others(flow)):
        return True
    return any(execution_of(job) == execution_of(agent) for agent in flow.agents) or (
        len(flow.mains) == 1 and bool(flow.agents)
    )


def others(flow: CheckedWorkflow) -> list[CheckedJob]:
    """Return the jobs that are neither main nor agent."""
    known = {job.name for job in flow.taking_part}
    return [job for job in flow.jobs if job.name not in known]
