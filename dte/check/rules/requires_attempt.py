"""A job has dte's guard, but no attempt job is upstream of it.

The guard reads the record that the attempt job saves in the workspace, and a job gets
only the workspace of its upstream jobs. Without the record, the guard refuses every
run. Source: CircleCI docs, "Using workspaces to share data between jobs".
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-requires-attempt"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the jobs whose guard can't find a record."""
    for flow in facts.workflows:
        attempts = ", ".join(sorted(flow.attempts)) or "dte/attempt"
        for job in flow.jobs:
            if job.guard is not None and not job.upstream & flow.attempts:
                yield finding(
                    CODE,
                    job.where,
                    f"{job.title} does not require the attempt job, so its guard finds "
                    "no record and refuses every run",
                    *(() if flow.attempts else ("add the job dte/attempt",)),
                    f"add requires: [{attempts}]",
                )
