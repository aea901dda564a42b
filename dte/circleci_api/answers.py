"""The API's answers as plain data, in the shapes of CircleCI's API v2 specification."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dte.run.pipeline import RehearsedPipeline
from dte.run.results import JobRun, RehearsedWorkflow

PAGE_SIZE = 20


def answer_page(items: Sequence[Any], token: str) -> dict[str, Any]:
    """One page of `items`; the token is the number of the first item on the page."""
    start = int(token) if token.isdigit() else 0
    more = start + PAGE_SIZE < len(items)
    return {
        "items": list(items[start : start + PAGE_SIZE]),
        "next_page_token": str(start + PAGE_SIZE) if more else None,
    }


def answer_pipeline(rehearsal: RehearsedPipeline) -> dict[str, Any]:
    """A pipeline; `vcs` has either a branch or a tag."""
    pipeline = rehearsal.pipeline
    project = pipeline.project
    place = {"tag": project.tag} if project.tag else {"branch": project.branch}
    return {
        "id": pipeline.id,
        "number": pipeline.number,
        "state": "created",
        "project_slug": pipeline.slug,
        "created_at": _at(rehearsal.created_at),
        "updated_at": _at(rehearsal.created_at),
        "errors": [],
        "trigger": {"type": "webhook"},
        "vcs": {"provider_name": "GitHub", "revision": project.revision, **place},
    }


def answer_workflow(
    rehearsal: RehearsedPipeline, run: RehearsedWorkflow
) -> dict[str, Any]:
    """A workflow; a rerun carries a `tag`, and a running one no `stopped_at`."""
    ended = run.status != "running"
    answer: dict[str, Any] = {
        "id": run.id,
        "name": run.name,
        "status": run.status,
        "pipeline_id": rehearsal.pipeline.id,
        "pipeline_number": rehearsal.pipeline.number,
        "project_slug": rehearsal.pipeline.slug,
        "created_at": _at(run.created_at),
        "stopped_at": _at(run.created_at + run.seconds) if ended else None,
    }
    if run.auto_rerun_number:
        answer["auto_rerun_number"] = run.auto_rerun_number
    return {**answer, "tag": run.tag} if run.tag else answer


def answer_job(job: JobRun, rehearsal: RehearsedPipeline) -> dict[str, Any]:
    """A workflow's job."""
    return {
        "id": job.id,
        "name": job.name,
        "type": "build",
        "status": job.status,
        "job_number": job.number,
        "project_slug": rehearsal.pipeline.slug,
        "started_at": _at(job.started_at) if job.started_at else None,
    }


def _at(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
