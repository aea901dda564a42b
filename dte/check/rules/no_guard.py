"""Main and agents are separate jobs, and no step refuses a partial rerun.

"Rerun from failed" reruns only main, because the agents passed. Main then waits an hour
for agents that don't run again (TanStack/query#9623). A failed agent that reruns alone
also waits an hour for main. Source: CircleCI docs, "Automatic reruns"; Nx docs,
"Bring your own compute", about rerunning jobs (nrwl/nx#32844).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dte.check.facts import MODE, CheckedJob, CheckedStep, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import START_AGENT, STARTS, NxCall
from dte.check.targets import is_distributed
from dte.check.variables import environment_of

CODE = "dte-check-no-guard"
# Words that a hand-written guard contains.
_BY_HAND = re.compile(r"CIRCLE_WORKFLOW_WORKSPACE_ID|\brerun|\bre-run", re.IGNORECASE)
_STARTING = ("start_ci_run", "start_agent", "run_affected")
_SWITCH = "DTE_RERUN_GUARD"
_OFF = ("off", "false", "0")


def find(facts: Facts) -> Iterator[Finding]:
    """Find the mains without a guard; if all have one, the agents without a guard."""
    for flow in facts.workflows:
        if not (flow.mains and flow.agents):
            continue
        unguarded = [job for job in flow.mains if not is_guarded(job)]
        for job in unguarded or [job for job in flow.agents if not is_guarded(job)]:
            peer = "its agents don't" if job in flow.mains else "main doesn't"
            yield finding(
                CODE,
                job.where,
                f'{job.title} has no guard{reason(job)}, so after "Rerun from failed" '
                f"it waits an hour, because {peer} run again",
                "use dte/attempt, dte/main and dte/agent",
                "or make dte/rerun_guard the first step of main and the agents, and "
                "let both require dte/attempt",
            )


def is_guarded(job: CheckedJob) -> bool:
    """Return whether a guard, from dte or written by hand, stops a partial rerun."""
    return any(
        not why_absent(job, step)
        if step.is_guard
        else not step.is_of_dte and bool(_BY_HAND.search(step.text))
        for step in early_steps(job)
    )


def early_steps(job: CheckedJob) -> Iterator[CheckedStep]:
    """Yield the steps up to the first step that starts a run, an agent or tasks."""
    for step in job.steps:
        yield step
        if step.program in _STARTING or any(map(is_starting, step.calls)):
            return


def is_starting(call: NxCall) -> bool:
    """Return whether a call starts a run, starts an agent, or runs tasks on agents."""
    return call.name in (START_AGENT, *STARTS) or is_distributed(call)


def why_absent(job: CheckedJob, guard: CheckedStep) -> str:
    """Return why a guard of dte does not stop a partial rerun; empty if it does."""
    if guard.environment.get(MODE) == "allow":
        return "partial_rerun: allow"
    switch = str(environment_of(job, guard).get(_SWITCH, ""))
    if switch.lower() in _OFF:
        return f"{_SWITCH}: {switch}"
    return "" if guard in early_steps(job) else "the guard comes too late"


def reason(job: CheckedJob) -> str:
    """Return in parentheses why the job's guard has no effect, or an empty string."""
    return f" ({why_absent(job, job.guard)})" if job.guard else ""
