"""The context with CircleCI's token is also on a job that runs npm packages' code.

Any package's install script can read the variables of its job. The token is a personal
one with all rights of its owner. So only dte/attempt and dte/rerun_all, which don't run
such code, should have it. Source: CircleCI docs, "Using contexts"; SECURITY.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, CheckedWorkflow, Facts
from dte.check.finding import Finding, finding
from dte.check.installs import install_of
from dte.check.variables import setting_of

CODE = "dte-check-token-context"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield the jobs that have the token and install or run packages."""
    for flow in facts.workflows:
        contexts = token_contexts(flow)
        for job in flow.jobs:
            shared = sorted(contexts & set(job.call.contexts))
            if shared and runs_packages(job):
                yield finding(
                    CODE,
                    job.where,
                    f"{job.title} runs npm packages and has the context {shared[0]}, "
                    "which gives dte/attempt CircleCI's token",
                    f"remove the context {shared[0]} from the job, and move other "
                    "variables that it needs to another context",
                )


def token_contexts(flow: CheckedWorkflow) -> set[str]:
    """Return the contexts of the jobs that need the token."""
    jobs = [
        job
        for job in flow.jobs
        if job.program("rerun_all")
        or setting_of(job, "record_attempt", "DTE_FIND_BASE") == "true"
    ]
    return {context for job in jobs for context in job.call.contexts}


def runs_packages(job: CheckedJob) -> bool:
    """Return whether the job installs packages or calls Nx."""
    return bool(install_of(job) or next(job.calls, None))
