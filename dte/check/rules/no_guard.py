"""Main and agents are separate jobs, and no step refuses a partial rerun.

"Rerun from failed" reruns only main, because the agents passed. Main then waits an hour
for agents that don't run again (TanStack/query#9623). A failed agent that reruns alone
also waits an hour for main. Source: CircleCI docs, "Automatic reruns"; Nx docs,
"Bring your own compute", about rerunning jobs (nrwl/nx#32844).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dte.check.facts import MODE, CheckedJob, Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-no-guard"
# Words that a hand-written guard contains.
_BY_HAND = re.compile(r"CIRCLE_WORKFLOW_WORKSPACE_ID|\brerun|\bre-run", re.IGNORECASE)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield the mains without a guard; if there are none, the agents without one."""
    for flow in facts.workflows:
        if not (flow.mains and flow.agents):
            continue
        unguarded = [job for job in flow.mains if not is_guarded(job)]
        for job in unguarded or [job for job in flow.agents if not is_guarded(job)]:
            peer = "its agents don't" if job in flow.mains else "main doesn't"
            yield finding(
                CODE,
                job.where,
                f'{job.title} has no guard{allowed(job)}, so after "Rerun from failed" '
                f"it waits an hour, because {peer} run again",
                "use dte/attempt, dte/main and dte/agent",
                "or make dte/rerun_guard the first step of main and the agents, and "
                "let both require dte/attempt",
            )


def is_guarded(job: CheckedJob) -> bool:
    """Return whether a step of the job, of dte or not, stops a partial rerun."""
    return any(
        step.environment.get(MODE) != "allow"
        if step.is_guard
        else not step.is_of_dte and bool(_BY_HAND.search(step.text))
        for step in job.steps
    )


def allowed(job: CheckedJob) -> str:
    """Return why dte's guard doesn't count; empty if the job doesn't have it."""
    return " (partial_rerun: allow)" if job.guard else ""
