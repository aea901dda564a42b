"""Writes the processed configuration: plain data in the shape CircleCI gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dte.compile.calls import Draft
from dte.compile.workflows import DraftWorkflow
from dte.model import Job, Requirement, Step, Workflow, WorkflowJob


def processed(
    workflows: Sequence[Workflow], drafts: Sequence[DraftWorkflow]
) -> dict[str, Any]:
    """Return version, jobs and workflows, as plain data without shared objects."""
    jobs: dict[str, Any] = {}
    written: dict[str, Any] = {"version": 2}
    for workflow, draft in zip(workflows, drafts, strict=True):
        for job in workflow.jobs:
            if job.job is not None and job.name not in jobs:
                jobs[job.name] = _job(job.job)
        calls = [
            _call(job, own)
            for job, own in zip(workflow.jobs, draft.drafts, strict=True)
        ]
        written[workflow.name] = {"jobs": calls}
        if workflow.max_auto_reruns:
            written[workflow.name]["max_auto_reruns"] = workflow.max_auto_reruns
    return {"version": 2, "jobs": jobs, "workflows": written}


def _job(job: Job) -> dict[str, Any]:
    document: dict[str, Any] = _plain(job.executor)
    if job.working_directory != "~/project":
        document["working_directory"] = job.working_directory
    if job.shell is not None:
        document["shell"] = job.shell
    if job.parallelism != 1:
        document["parallelism"] = job.parallelism
    if job.environment:
        document["environment"] = dict(job.environment)
    if not job.executor and not job.steps:
        return {"type": "no-op"}
    document["steps"] = [_step(step) for step in job.steps]
    return document


def _step(step: Step) -> Any:
    return {step.kind: _plain(step.arguments)} if step.arguments else step.kind


def _call(job: WorkflowJob, draft: Draft) -> Any:
    body: dict[str, Any] = {}
    if job.job is None:
        body["type"] = "approval"
    if job.requires:
        body["requires"] = [_requirement(required) for required in job.requires]
    if job.contexts:
        body["context"] = list(job.contexts)
    if job.filters:
        body["filters"] = _plain(job.filters)
    body.update(draft.extra)
    return {job.name: body} if body else job.name


def _requirement(required: Requirement) -> Any:
    if required.statuses == {"success"}:
        return required.job
    return {required.job: sorted(required.statuses)}


def _plain(value: Any) -> Any:
    """Return a copy made of plain dicts and lists."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
