"""A job starts its run in two ways.

`start-ci-run` takes flags, and `start-nx-agents` reads `.nx/ci-config.yaml`. If the
file exists, `start-ci-run` fails. dte/main starts the run itself. Source: the nx 24.0.6
package; Nx docs, "Migrate to ci-config".
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import STARTS, STARTS_WITH_FILE, STARTS_WITH_FLAGS
from dte.check.run_file import run_file
from dte.check.variables import setting_of
from dte.model import Where

CODE = "dte-check-two-starts"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the jobs that start a run twice, or with flags that Nx Cloud refuses."""
    for flow in facts.workflows:
        for job in flow.jobs:
            config = run_file(job, facts.repository)
            found = second_start(job, config[0] if config else "")
            if found:
                text, where, fix = found
                yield finding(CODE, where, f"{job.title} {text}", *fix)


def second_start(
    job: CheckedJob, file: str
) -> tuple[str, Where, tuple[str, ...]] | None:
    """Return what is wrong, where, and how to fix it; None if nothing is wrong."""
    flags = job.calls_of(STARTS_WITH_FLAGS)
    by_file = job.calls_of(*STARTS_WITH_FILE)
    start = setting_of(job, "start_ci_run", "DTE_START")
    if start is not None and start != "own" and (calls := job.calls_of(*STARTS)):
        return (
            f"runs {calls[0].name}, but dte starts the run too",
            calls[0].where,
            ("remove the call", "or set start: own and move the call to start_steps"),
        )
    if flags and by_file:
        return (
            f"runs both {flags[0].name} and {by_file[0].name}",
            max(flags[0], by_file[0], key=lambda call: call.where.line).where,
            ("keep one: start-nx-agents with .nx/ci-config.yaml, or start-ci-run",),
        )
    if file and (flags or start == "flags"):
        return (
            f"starts the run with flags, which Nx Cloud refuses because {file} exists",
            flags[0].where if flags else job.where,
            ("use nx-cloud start-nx-agents (start: auto)", f"or remove {file}"),
        )
    return None
