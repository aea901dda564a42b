"""The context with CircleCI's token is also on a job that runs npm packages' code.

Any package's install script can read the variables of its job. The token is a personal
token, which has all rights of its owner. So only dte/attempt and dte/rerun_all, which
don't run packages' code, should have the token. Source: CircleCI docs, "Using
contexts"; SECURITY.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, CheckedWorkflow, Facts
from dte.check.finding import Finding, finding
from dte.check.installs import install_of, starts_packages
from dte.check.variables import setting_of

CODE = "dte-check-token-context"


def find(facts: Facts) -> Iterator[Finding]:
    """Find the jobs that have the token and install or run packages."""
    for flow in facts.workflows:
        given = token_contexts(flow)
        for job in flow.jobs:
            has = set(job.call.contexts)
            shared = next((sorted(names) for names in given if names <= has), [])
            if shared and runs_packages(job):
                names = " and ".join(shared)
                text, fix = f"the context {names}, which gives", f"the context {names}"
                if len(shared) > 1:
                    text = f"the contexts {names}, one of which gives"
                    fix = "the context with the token"
                yield finding(
                    CODE,
                    job.where,
                    f"{job.title} runs npm packages and has {text} dte/attempt "
                    "CircleCI's token",
                    f"remove {fix} from the job, and move other variables that the "
                    "job needs to another context",
                )


def token_contexts(flow: CheckedWorkflow) -> list[set[str]]:
    """Return, for each job that needs the token, the contexts that may contain it."""
    jobs = [
        job
        for job in flow.jobs
        if job.program("rerun_all")
        or setting_of(job, "record_attempt", "DTE_FIND_BASE") == "true"
    ]
    return [set(job.call.contexts) for job in jobs if job.call.contexts]


def runs_packages(job: CheckedJob) -> bool:
    """Return whether the job installs packages, calls Nx, or runs a package manager."""
    return bool(install_of(job) or next(job.calls, None)) or any(
        starts_packages(command) for step in job.steps for command, _ in step.commands
    )
