"""Main and agents are separate jobs, and nothing refuses a partial rerun.

"Rerun from failed" reruns main alone, because the agents passed. Main then waits an
hour for agents that don't come back (TanStack/query#9623), and a failed agent that
reruns alone waits as long for main. Source: CircleCI docs, "Automatic reruns"; Nx docs,
"Bring your own compute", about rerunning jobs (nrwl/nx#32844).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-no-guard"
# What a hand-written guard has to look at.
_BY_HAND = re.compile(r"CIRCLE_WORKFLOW_WORKSPACE_ID|\brerun|\bre-run", re.IGNORECASE)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield the mains without a guard, and agents that only main protects."""
    for flow in facts.workflows:
        if not (flow.mains and flow.agents):
            continue
        unguarded = [job for job in flow.mains if not is_guarded(job)]
        for job in unguarded or [job for job in flow.agents if not is_guarded(job)]:
            peer = "its agents don't" if job in flow.mains else "main doesn't"
            yield finding(
                CODE,
                job.where,
                f'{job.title} has no guard: in "Rerun from failed", {peer} come back, '
                "and it waits an hour",
                "use dte/attempt, dte/main and dte/agent",
                "or make dte/rerun_guard the first step of main and the agents, and "
                "let both require dte/attempt",
            )


def is_guarded(job: CheckedJob) -> bool:
    """Whether a step of the job, dte's or hand-written, looks at the rerun."""
    return any(step.is_guard or _BY_HAND.search(step.text) for step in job.steps)
