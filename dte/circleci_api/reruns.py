"""Reads a rerun request, and refuses what CircleCI's API refuses.

Source: CircleCI docs, "API v2 reference", `POST /workflow/{id}/rerun`; since 2026-04-28
a workflow that has not ended can't be rerun.
"""

from collections.abc import Mapping
from typing import Any

from dte.model import FINAL_JOB_STATUSES
from dte.plan.reruns import Rerun, RerunKind
from dte.run.results import RehearsedWorkflow

KNOWN_KEYS = frozenset({"from_failed", "jobs", "enable_ssh", "sparse_tree"})
MOST_RERUNS = 100


def read_rerun(body: Mapping[str, Any], workflow: RehearsedWorkflow) -> Rerun:
    """Return the rerun that a request's body asks for.

    Raises `ValueError` with a reason.
    """
    if workflow.status not in FINAL_JOB_STATUSES:
        raise ValueError("Workflow is not in a terminal state and can't be rerun.")
    if unknown := sorted(set(body) - KNOWN_KEYS):
        raise ValueError(f"Unexpected field {unknown[0]}.")
    if not isinstance(body.get("from_failed", False), bool):
        raise ValueError("from_failed is not a boolean.")
    if body.get("from_failed") and body.get("jobs"):
        raise ValueError("from_failed and jobs exclude each other.")
    if body.get("from_failed"):
        return Rerun(RerunKind.FROM_FAILED)
    if ids := body.get("jobs"):
        names = {job.id: name for name, job in workflow.jobs.items()}
        if not set(ids) <= set(names):
            raise ValueError("A job is not of this workflow.")
        return Rerun(RerunKind.JOBS, frozenset(names[job_id] for job_id in ids))
    return Rerun(RerunKind.FROM_START)
