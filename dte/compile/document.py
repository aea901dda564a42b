r"""Builds the processed configuration as plain data, in the form that CircleCI prints.

The result is a config of version 2.1 with `<<` written as `\<<`, so compiling it again
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dte.compile.drafts import Draft, DraftWorkflow
from dte.model import Job, Requirement, Step, Workflow, WorkflowJob

# Conditions may remove all steps of a job, but CircleCI refuses a job without steps.
_NO_STEPS = [{"when": {"condition": False, "steps": ["checkout"]}}]


def processed(
    workflows: Sequence[Workflow],
    drafts: Sequence[DraftWorkflow],
    head: Mapping[str, Any],
) -> dict[str, Any]:
    """Return version, jobs and workflows, as plain data without shared objects.

    `head` contains further top-level keys.
    """
    jobs: dict[str, Any] = {}
    written: dict[str, Any] = {}
    for workflow, draft in zip(workflows, drafts, strict=True):
        for job in workflow.jobs:
            if job.job is not None and job.name not in jobs:
                jobs[job.name] = _job(job.job)
        calls = [
            _call(job, own)
            for job, own in zip(workflow.jobs, draft.drafts, strict=True)
        ]
        # Without jobs, the list gets an empty item, because CircleCI refuses an empty
        # list.
        body: dict[str, Any] = {**_plain(draft.settings), "jobs": calls or [{}]}
        if workflow.max_auto_reruns:
            body["max_auto_reruns"] = workflow.max_auto_reruns
        written[_escaped(workflow.name)] = body
    named = {_escaped(name): job for name, job in jobs.items()}
    return {"version": 2.1, **_plain(head), "jobs": named, "workflows": written}


def _job(job: Job) -> dict[str, Any]:
    if job.type != "build":
        return {"type": job.type, **_plain(job.settings)}
    document: dict[str, Any] = _plain(job.executor)
    if job.working_directory != "~/project":
        document["working_directory"] = _escaped(job.working_directory)
    if job.shell is not None:
        document["shell"] = _escaped(job.shell)
    if job.parallelism != 1:
        document["parallelism"] = job.parallelism
    document.update(_plain(job.settings))
    if job.environment:
        document["environment"] = _plain(job.environment)
    document["steps"] = _steps(job.steps) or _plain(_NO_STEPS)
    return document


def _steps(steps: Iterable[Step]) -> list[Any]:
    return [_step(step) for step in steps]


def _step(step: Step) -> Any:
    if not step.arguments:
        return step.kind
    arguments = {
        key: _steps(value) if _holds_steps(value) else _plain(value)
        for key, value in step.arguments.items()
    }
    return {step.kind: arguments}


def _holds_steps(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Step)


def _call(job: WorkflowJob, draft: Draft) -> Any:
    body: dict[str, Any] = {}
    if job.job is None:
        body["type"] = "approval"
    if job.requires:
        body["requires"] = [_requirement(required) for required in job.requires]
    if job.contexts:
        body["context"] = _plain(job.contexts)
    if job.filters:
        body["filters"] = _plain(job.filters)
    body.update(_plain(draft.extra))
    name = _escaped(job.name)
    return {name: body} if body else name


def _requirement(required: Requirement) -> Any:
    name = _escaped(required.job)
    if required.statuses == {"success"}:
        return name
    return {name: sorted(required.statuses)}


def _plain(value: Any) -> Any:
    r"""Return a copy made of plain dicts and lists, with `<<` escaped as `\<<`."""
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, Mapping):
        return {_escaped(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _escaped(text: str) -> str:
    return text.replace("<<", "\\<<") if "<<" in text else str(text)
