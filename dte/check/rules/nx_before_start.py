"""Main runs Nx tasks before it starts the run with flags.

The first command that connects to Nx Cloud fixes the settings of the run, and Nx Cloud
ignores later flags without a message (nrwl/nx#36019). Then Nx Cloud doesn't distribute
the tasks, and the agents wait an hour. With `.nx/ci-config.yaml`, every command reads
the same settings. Source: Nx docs, "Migrate to ci-config".
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.check.nx_calls import START_AGENT, STARTS_WITH_FLAGS, NxCall
from dte.check.nx_words import runs_tasks
from dte.check.run_file import starts_with_flags

CODE = "dte-check-nx-before-start"
_WITHOUT_CLOUD = ("--no-cloud", "--skip-nx-cloud")


def find(facts: Facts) -> Iterator[Finding]:
    """Find each main's first call that connects to Nx Cloud before the run starts."""
    for flow in facts.workflows:
        for job in flow.mains:
            early = [call for call in before_start(job, facts) if reaches_cloud(call)]
            if early:
                yield finding(
                    CODE,
                    early[0].where,
                    f"{job.title} runs nx {early[0].name} before it starts the run, so "
                    "Nx Cloud ignores the flags of start-ci-run",
                    "move the command after the start of the run",
                    "or add --no-cloud to it",
                )


def before_start(job: CheckedJob, facts: Facts) -> list[NxCall]:
    """Return the Nx calls before the call that starts the run with flags.

    The list is empty if no call starts the run with flags.
    """
    found: list[NxCall] = []
    by_flags = starts_with_flags(job, facts.repository)
    for step in job.steps:
        if step.program == "start_ci_run":
            return found if by_flags else []
        for call in step.calls:
            if call.name == STARTS_WITH_FLAGS:
                return found
            found.append(call)
    return []


def reaches_cloud(call: NxCall) -> bool:
    """Return whether the call connects to Nx Cloud."""
    if set(call.arguments) & set(_WITHOUT_CLOUD) or "NX_NO_CLOUD" in call.environment:
        return False
    return call.name in ("record", START_AGENT) or (
        call.name in ("affected", "run-many", "run") and runs_tasks(call)
    )
