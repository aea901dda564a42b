"""The workflow has `max_auto_reruns`, and main and agents are separate jobs.

An automatic rerun is a rerun from failed. The agents, which passed, don't run again, so
the rerun can't pass. The guard refuses it. Without the guard, main waits an hour, up to
five times. Source: CircleCI docs, "Automatic reruns".
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-auto-reruns"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the workflows that rerun from failed automatically."""
    for flow in facts.workflows:
        guarded = any(job.guard for job in flow.jobs)
        separate = bool(flow.mains and flow.agents)
        if flow.workflow.max_auto_reruns and (guarded or separate):
            yield finding(
                CODE,
                flow.workflow.where,
                f"{flow.title} has max_auto_reruns: "
                f"{flow.workflow.max_auto_reruns}, but a rerun of only failed jobs "
                "can't pass",
                "remove max_auto_reruns from the workflow",
                "and add dte/rerun_all, which reruns the workflow from its start",
            )
