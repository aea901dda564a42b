"""Compiles workflows: selects those that run and resolves what they require."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dte.compile import values
from dte.compile.calls import Draft, read_calls
from dte.compile.conditions import holds_expression
from dte.compile.jobs import JobCompiler
from dte.compile.names import unique_names
from dte.compile.requirements import WrittenRequirement
from dte.compile.templates import Scope
from dte.model import Requirement, Where, Workflow, WorkflowJob
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import expect_list, expect_map, known_keys

WORKFLOW_KEYS = ("jobs", "when", "unless", "max_auto_reruns", "triggers")


@dataclass(frozen=True)
class DraftWorkflow:
    """A workflow that runs, before the names of its jobs are final."""

    name: str
    drafts: tuple[Draft, ...]
    max_auto_reruns: int
    where: Where


def read_workflows(
    value: LocatedMap, scope: Scope, compiler: JobCompiler
) -> tuple[DraftWorkflow, ...]:
    """Return the workflows that this pipeline runs; raises UserError.

    `version` is ignored, as CircleCI does in config 2.1. A workflow with
    `triggers` waits for its schedule, so it does not run here.
    """
    running = []
    for name in value:
        if name == "version":
            continue
        where = value.where_is(name)
        body = expect_map(value[name], where, f'workflow "{name}"')
        known_keys(body, WORKFLOW_KEYS, f'workflow "{name}"')
        if "jobs" not in body:
            raise error_at(where, f'workflow "{name}": needs the key jobs')
        own = replace(scope, title=f'workflow "{name}"')
        if "triggers" in body:
            expect_list(body["triggers"], body.where_is("triggers"), "triggers")
        elif _runs(body, own):
            running.append(_read_workflow(name, body, own, where, compiler))
    return tuple(running)


def _runs(body: LocatedMap, scope: Scope) -> bool:
    if "when" in body and not holds_expression(
        body["when"], scope, body.where_is("when")
    ):
        return False
    return "unless" not in body or not holds_expression(
        body["unless"], scope, body.where_is("unless")
    )


def _read_workflow(
    name: str, body: LocatedMap, scope: Scope, where: Where, compiler: JobCompiler
) -> DraftWorkflow:
    checks = {"max_auto_reruns": values.integer(1, 5)}
    taken = values.take(body, checks, scope, scope.title)
    drafts = tuple(read_calls(body["jobs"], scope, body.where_is("jobs"), compiler))
    return DraftWorkflow(name, drafts, taken.get("max_auto_reruns", 0), where)


def finish_workflows(running: Sequence[DraftWorkflow]) -> tuple[Workflow, ...]:
    """Return the workflows with final names, resolved requirements, and no cycles."""
    names = unique_names([workflow.drafts for workflow in running])
    return tuple(
        _finish(workflow, own) for workflow, own in zip(running, names, strict=True)
    )


def _finish(workflow: DraftWorkflow, names: Sequence[str]) -> Workflow:
    jobs = tuple(
        WorkflowJob(
            name=name,
            job=replace(draft.job, name=name) if draft.job else None,
            requires=tuple(_look_up_all(draft.requires, workflow, names)),
            contexts=draft.contexts,
            filters=draft.filters,
            where=draft.where,
        )
        for draft, name in zip(workflow.drafts, names, strict=True)
    )
    _refuse_cycles(workflow.name, jobs)
    return Workflow(workflow.name, jobs, workflow.max_auto_reruns, workflow.where)


def _look_up_all(
    requires: Iterable[WrittenRequirement],
    workflow: DraftWorkflow,
    names: Sequence[str],
) -> Iterable[Requirement]:
    found: dict[str, Requirement] = {}
    for written in requires:
        for name in _look_up(written, workflow, names):
            found.setdefault(name, Requirement(name, written.statuses))
    return found.values()


def _look_up(
    written: WrittenRequirement, workflow: DraftWorkflow, names: Sequence[str]
) -> list[str]:
    """Return the final names that an item of `requires` means."""
    pairs = list(zip(workflow.drafts, names, strict=True))
    called = [
        (draft, name)
        for draft, name in pairs
        if written.name in (draft.name, draft.alias)
    ]
    if not called:
        known = {draft.name for draft, _ in pairs}
        known |= {draft.alias for draft, _ in pairs if draft.alias}
        raise error_at(
            written.where,
            f'workflow "{workflow.name}": requires "{written.name}", '
            "which is not a job of this workflow",
            suggestions=nearest(written.name, known),
        )
    alone = [name for draft, name in called if draft.alias is None]
    if len(alone) > 1:
        raise error_at(
            written.where,
            f'workflow "{workflow.name}": requires "{written.name}", which is called '
            f"{len(alone)} times",
            suggestions=("Add a distinct name: to each of these calls.",),
        )
    return [name for _, name in called]


def _refuse_cycles(workflow: str, jobs: Sequence[WorkflowJob]) -> None:
    graph: Mapping[str, Any] = {
        job.name: [requirement.job for requirement in job.requires] for job in jobs
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1]
        where = next(job.where for job in jobs if job.name == circle[0])
        chain = " → ".join(reversed(circle))
        message = f'workflow "{workflow}": jobs require each other: {chain}'
        raise error_at(where, message) from None
