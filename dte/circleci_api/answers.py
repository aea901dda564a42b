"""The API's answers as plain data, in the shapes of the API v2 specification."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dte.compile.printed import print_document
from dte.model import FINAL_JOB_STATUSES
from dte.plan.reruns import Assumptions
from dte.run.pipeline import RehearsedPipeline
from dte.run.results import JobRun, RehearsedWorkflow

PAGE_SIZE = 20
# The user who starts every workflow; `CIRCLE_USERNAME` in the jobs is the same login.
USER = {
    "id": "00000000-0000-4000-8000-000000000002",
    "login": "your-name",
    "name": "Your Name",
}


def answer_page(items: Sequence[Any], token: str) -> dict[str, Any]:
    """Return one page of `items`.

    `token` is the index of the first item on the page; an empty token means 0.
    """
    start = int(token) if token.isdigit() else 0
    more = start + PAGE_SIZE < len(items)
    return {
        "items": list(items[start : start + PAGE_SIZE]),
        "next_page_token": str(start + PAGE_SIZE) if more else None,
    }


def answer_pipeline(pipeline: RehearsedPipeline) -> dict[str, Any]:
    """Return a pipeline; `vcs` has either a branch or a tag."""
    identity = pipeline.identity
    project = identity.project
    ref = {"tag": project.tag} if project.tag else {"branch": project.branch}
    return {
        "id": identity.id,
        "number": identity.number,
        "state": "setup" if _in_setup(pipeline) else "created",
        "project_slug": identity.slug,
        "created_at": _at(pipeline.created_at),
        "updated_at": _at(pipeline.created_at),
        "errors": [],
        "trigger": {"type": "webhook"},
        "vcs": {"provider_name": "GitHub", "revision": project.revision, **ref},
    }


def _in_setup(pipeline: RehearsedPipeline) -> bool:
    return bool(pipeline.identity.continuation_key) and not pipeline.continued


def answer_workflow(
    pipeline: RehearsedPipeline, workflow: RehearsedWorkflow
) -> dict[str, Any]:
    """Return a workflow; a rerun has a `tag`; `stopped_at` is null while it runs."""
    ended = workflow.status != "running"
    answer: dict[str, Any] = {
        "id": workflow.id,
        "name": workflow.name,
        "status": workflow.status,
        "pipeline_id": pipeline.identity.id,
        "pipeline_number": pipeline.identity.number,
        "project_slug": pipeline.identity.slug,
        "started_by": USER["id"],
        "created_at": _at(workflow.created_at),
        "stopped_at": _at(workflow.created_at + workflow.seconds) if ended else None,
    }
    if most := pipeline.compiled.max_auto_reruns:
        answer["max_auto_reruns"] = most
    if workflow.auto_rerun_number:
        answer["auto_rerun_number"] = workflow.auto_rerun_number
    return {**answer, "tag": workflow.tag} if workflow.tag else answer


def list_jobs(workflow: RehearsedWorkflow, assumptions: Assumptions) -> list[JobRun]:
    """Return the jobs that the API lists for a workflow."""
    return [
        job
        for job in workflow.jobs.values()
        if assumptions.carried_over_jobs_are_listed or not job.carried_from
    ]


def answer_job(job: JobRun, pipeline: RehearsedPipeline) -> dict[str, Any]:
    """Return a workflow's job; `stopped_at` is null if the job has not ended."""
    started, ended = job.started_at, job.status in FINAL_JOB_STATUSES
    return {
        "id": job.id,
        "name": job.name,
        "type": "build",
        "status": job.status,
        "job_number": job.number,
        "project_slug": pipeline.identity.slug,
        "started_at": _at(started) if started else None,
        "stopped_at": _at(started + job.seconds) if started and ended else None,
    }


def answer_job_number(
    job: JobRun, workflow: RehearsedWorkflow, pipeline: RehearsedPipeline
) -> dict[str, Any]:
    """Return a job, as the API answers a request for the job's number."""
    return {
        "name": job.name,
        "number": job.number,
        "status": job.status,
        "pipeline": {"id": pipeline.identity.id},
        "latest_workflow": {"id": workflow.id, "name": workflow.name},
    }


def answer_config(pipeline: RehearsedPipeline) -> dict[str, Any]:
    """Return the processed configuration of a pipeline."""
    return {"compiled": print_document(pipeline.document)}


def _at(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
