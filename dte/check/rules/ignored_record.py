"""The failure of a recorded command is ignored.

If a command that `nx-cloud record` runs fails, Nx Cloud completes the whole run. With
`|| true`, main continues, and its tasks fail with "CI Execution Failed" or wait for
agents that have ended. Source: nx-cloud 19.0.0; Nx docs, "nx-cloud CLI", record.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import Facts
from dte.check.finding import Finding, finding

CODE = "dte-check-ignored-record"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the recorded commands whose failure main ignores."""
    for flow in facts.workflows:
        for job in (*flow.mains, *flow.hosted):
            for call in job.calls_of("record"):
                if call.ignored:
                    yield finding(
                        CODE,
                        call.where,
                        f"{job.title} ignores a failure of nx-cloud record, which "
                        "ends the run",
                        "let the failure end the job: remove || true or set +e",
                        "or don't record the command",
                    )
