"""CircleCI kills the agent's step before the agent's own timeout ends.

An agent that waits for tasks prints nothing. After `no_output_timeout` (10 minutes by
default), CircleCI kills the step. An agent that is killed during a run makes the run
fail (nrwl/nx#36152). Source: CircleCI docs, "Configuration reference", `run`; Nx docs,
"Environment variables", NX_CLOUD_AGENT_TIMEOUT_MS (an hour by default).
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, CheckedStep, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import START_AGENT
from dte.check.variables import value_of
from dte.durations import parse_duration

CODE = "dte-check-no-output-timeout"
_DEFAULT = "10m"
_HOUR_MS = "3600000"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the agents that CircleCI may kill while they wait for tasks."""
    for flow in facts.workflows:
        for job in flow.agents:
            for step in job.steps:
                waits = timeout_of(job, step)
                limit = str(step.step.arguments.get("no_output_timeout", _DEFAULT))
                if waits and parse_duration(limit) < waits:
                    yield finding(
                        CODE,
                        step.where,
                        f"no_output_timeout of the agent's step in {job.title} is "
                        f"{limit}, but the agent waits {waits / 60:g} minutes for a "
                        "task",
                        f"set no_output_timeout: {waits / 60:g}m on the step",
                        "or lower agent_timeout (NX_CLOUD_AGENT_TIMEOUT_MS)",
                    )


def timeout_of(job: CheckedJob, step: CheckedStep) -> float | None:
    """Return how many seconds the agent that a step starts waits for a task.

    Returns None if the step starts no agent, starts it in the background, or has an
    invalid timeout.
    """
    calls = [call for call in step.calls if call.name == START_AGENT]
    background = step.step.arguments.get("background") is True
    own = step.environment.get("DTE_AGENT_TIMEOUT")
    if (not calls and own is None) or background:
        return None
    try:
        milliseconds = value_of(job, "NX_CLOUD_AGENT_TIMEOUT_MS")
        if milliseconds is None and own:
            return parse_duration(own)
        return int(milliseconds or _HOUR_MS) / 1000
    except ValueError:
        return None
