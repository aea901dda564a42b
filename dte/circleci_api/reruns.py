"""Reads rerun requests, and refuses those that CircleCI's API would refuse.

Source: CircleCI docs, "API v2 reference", `POST /workflow/{id}/rerun`; since 2026-04-28
a workflow that has not ended can't be rerun.
"""

from collections.abc import Mapping
from typing import Any

from dte.model import FINAL_JOB_STATUSES
from dte.plan.reruns import Rerun, RerunKind
from dte.run.results import RehearsedWorkflow

SWITCHES = ("from_failed", "enable_ssh", "sparse_tree")
MOST_RERUNS = 100


def read_rerun(body: Mapping[str, Any], workflow: RehearsedWorkflow) -> Rerun:
    """Return the rerun that a request's body asks for.

    Raises `ValueError` with the reason if the request must be refused.
    """
    if workflow.status not in FINAL_JOB_STATUSES:
        raise ValueError("Workflow is not in a terminal state and can't be rerun.")
    if unknown := sorted(set(body) - {*SWITCHES, "jobs"}):
        raise ValueError(f"Unexpected field {unknown[0]}.")
    for name in SWITCHES:
        if not isinstance(body.get(name, False), bool):
            raise ValueError(f"{name} is not a boolean.")
    jobs = _read_jobs(body.get("jobs") or [], workflow)
    if body.get("from_failed") and jobs:
        raise ValueError("from_failed and jobs exclude each other.")
    for name in ("enable_ssh", "sparse_tree"):
        if body.get(name) and not jobs:
            raise ValueError(f"{name} requires jobs.")
    if jobs:
        with_ssh = body.get("enable_ssh")
        return Rerun(RerunKind.WITH_SSH if with_ssh else RerunKind.JOBS, jobs)
    failed = body.get("from_failed")
    return Rerun(RerunKind.FROM_FAILED if failed else RerunKind.FROM_START)


def _read_jobs(ids: object, workflow: RehearsedWorkflow) -> frozenset[str]:
    """Return the names of the jobs with these ids."""
    names = {job.id: name for name, job in workflow.jobs.items()}
    if not isinstance(ids, list) or not all(str(job_id) in names for job_id in ids):
        raise ValueError("jobs is not a list of ids of this workflow's jobs.")
    return frozenset(names[str(job_id)] for job_id in ids)
