"""Compiles workflows: selects those that run, and resolves `requires`."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dte.compile import values
from dte.compile.calls import CallReader, each_call
from dte.compile.conditions import holds_expression
from dte.compile.drafts import Draft, DraftWorkflow
from dte.compile.job_groups import read_all_calls
from dte.compile.jobs import JobCompiler
from dte.compile.names import unique_names
from dte.compile.requirements import WrittenRequirement
from dte.compile.schedules import read_triggers
from dte.compile.templates import Scope
from dte.errors import Errors
from dte.model import Requirement, Where, Workflow, WorkflowJob
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_map, shorten

WORKFLOW_KEYS = (
    "jobs",
    "when",
    "unless",
    "max_auto_reruns",
    "triggers",
    "description",
)

_LONGEST_CHAIN = 20


@dataclass(frozen=True)
class WorkflowReader:
    """Reads the workflows of a config.

    With ``every``, each workflow runs, whatever its condition or schedule.
    """

    scope: Scope
    compiler: JobCompiler
    groups: Mapping[str, LocatedMap]
    every: bool = False

    def read(self, workflows: LocatedMap, errors: Errors) -> tuple[DraftWorkflow, ...]:
        """Return the workflows that this pipeline runs, and those with a schedule.

        `version` is ignored, as CircleCI ignores it in config 2.1. `errors` collects
        the errors; a workflow with errors may lack jobs.
        """
        found = []
        for name in workflows:
            if name == "version":
                with errors.collect():
                    _check_version(workflows)
                continue
            with errors.collect():
                draft = self._read_one(name, workflows, errors)
                if draft is not None:
                    found.append(draft)
        return tuple(found)

    def _read_one(
        self, name: str, workflows: LocatedMap, errors: Errors
    ) -> DraftWorkflow | None:
        where = workflows.where_is(name)
        body = expect_map(workflows[name], where, f'workflow "{name}"')
        scope = replace(self.scope, title=f'workflow "{name}"')
        _check_keys(body, scope, where)
        settings: dict[str, Any] = {}
        with errors.collect():
            settings = _read_settings(body, scope)
        runs = True
        with errors.collect():
            runs = _runs(body, scope) or self.every
        if runs:
            jobs = self._drafts(body, scope, errors)
            reruns = settings.pop("max_auto_reruns", 0)
            waits = "triggers" in settings and not self.every
            return DraftWorkflow(name, jobs, reruns, where, settings, not waits)
        for _ in each_call(body["jobs"], body.where_is("jobs"), scope.title):
            pass  # each_call checks the calls of a workflow that doesn't run, too
        self.scope.namespace.notes.tell(
            "not-run",
            where,
            f"{scope.title} does not run in this pipeline: its condition is false",
        )
        return None

    def _drafts(
        self, body: LocatedMap, scope: Scope, errors: Errors
    ) -> tuple[Draft, ...]:
        reader = CallReader(self.compiler, scope, self.groups)
        drafts: list[Draft] = []
        with errors.collect():
            # Keep the drafts that were read before an error.
            drafts.extend(read_all_calls(body["jobs"], body.where_is("jobs"), reader))
        return tuple(drafts)


def _check_version(workflows: LocatedMap) -> None:
    """Raise UserError unless the version is a number or a string ("JSON schema")."""
    if not isinstance(workflows["version"], str | int | float):
        shown = describe(workflows["version"])
        raise error_at(
            workflows.where_is("version"),
            f"workflows: version: must be a number, not {shown}",
            suggestions=("Remove the key: config 2.1 doesn't need it.",),
            code="type",
        )


def _check_keys(body: LocatedMap, scope: Scope, where: Where) -> None:
    if "jobs" not in body:
        message = f"{scope.title}: needs the key jobs"
        advice = ("Add jobs: with the names of jobs, such as jobs: [build]",)
        raise error_at(where, message, suggestions=advice, code="missing-key")
    if "when" in body and "unless" in body:
        raise error_at(
            body.where_is("unless"),
            f"{scope.title}: takes either when or unless, not both",
            suggestions=('Join the two conditions with "and".',),
            code="condition",
        )
    for key in body:
        if key not in WORKFLOW_KEYS:
            scope.namespace.notes.warn(
                "ignored",
                body.where_is(key),
                f'{scope.title}: the key "{shorten(key)}" has no effect',
                nearest(key, WORKFLOW_KEYS, only_close=True),
            )


def _read_settings(body: LocatedMap, scope: Scope) -> dict[str, Any]:
    checks: dict[str, values.Check] = {
        "description": values.text,
        "max_auto_reruns": values.WholeNumber(1, 5),
    }
    settings = values.take(body, checks, scope, scope.title)
    if "triggers" in body:
        settings["triggers"] = read_triggers(
            body["triggers"], scope, body.where_is("triggers")
        )
    return settings


def _runs(body: LocatedMap, scope: Scope) -> bool:
    if "when" in body and not holds_expression(
        body["when"], scope, body.where_is("when")
    ):
        return False
    return "unless" not in body or not holds_expression(
        body["unless"], scope, body.where_is("unless")
    )


def finish_workflows(
    drafts: Sequence[DraftWorkflow], errors: Errors
) -> tuple[Workflow, ...]:
    """Return the workflows with final names, resolved requirements, and no cycles.

    `errors` collects the errors. A workflow with an invalid call is left out, because
    its requirements would cause further errors.
    """
    names = unique_names([workflow.drafts for workflow in drafts])
    finished = []
    for workflow, own in zip(drafts, names, strict=True):
        with errors.collect():
            if not any(draft.broken for draft in workflow.drafts):
                finished.append(_finish(workflow, own))
    return tuple(finished)


def _finish(workflow: DraftWorkflow, names: Sequence[str]) -> Workflow:
    called, errors = _Called(workflow.name), Errors()
    for draft, name in zip(workflow.drafts, names, strict=True):
        called.add(draft, name)
    jobs = []
    for draft, name in zip(workflow.drafts, names, strict=True):
        with errors.collect():
            jobs.append(
                WorkflowJob(
                    name=name,
                    job=replace(draft.job, name=name) if draft.job else None,
                    requires=tuple(called.look_up_all(draft.requires)),
                    contexts=draft.contexts,
                    filters=draft.filters,
                    where=draft.where,
                )
            )
    errors.raise_all()
    _refuse_cycles(workflow.name, jobs)
    return Workflow(
        workflow.name, tuple(jobs), workflow.max_auto_reruns, workflow.where
    )


@dataclass
class _Called:
    """The jobs of a workflow by the names that `requires` may use."""

    workflow: str
    by_name: dict[tuple[str, str], list[tuple[Draft, str]]] = field(
        default_factory=dict
    )
    groups: dict[str, str] = field(default_factory=dict)

    def add(self, draft: Draft, name: str) -> None:
        """Add a job and its final name."""
        for known in {draft.name, draft.alias} - {None}:
            self.by_name.setdefault((draft.group, str(known)), []).append((draft, name))
        if draft.group:
            self.groups.setdefault(draft.name, draft.group)

    def look_up_all(
        self, requires: Iterable[WrittenRequirement]
    ) -> Iterable[Requirement]:
        """Return the required jobs that a `requires` list names; raises UserError."""
        errors = Errors()
        found: dict[str, Requirement] = {}
        for written in requires:
            with errors.collect():
                for name in self._look_up(written):
                    found.setdefault(name, Requirement(name, written.statuses))
        errors.raise_all()
        return found.values()

    def _look_up(self, written: WrittenRequirement) -> list[str]:
        called = self.by_name.get((written.group, written.name))
        if not called:
            raise self._unknown(written)
        alone = [name for draft, name in called if draft.alias is None]
        if len(alone) > 1:
            raise error_at(
                written.where,
                f'workflow "{self.workflow}": requires "{written.name}", which is '
                f"called {len(alone)} times",
                suggestions=("Add a distinct name: to each of these calls.",),
                code="requires",
            )
        return [name for _, name in called]

    def _unknown(self, written: WrittenRequirement) -> Exception:
        title = f'workflow "{self.workflow}": requires "{shorten(written.name)}"'
        if not written.group and written.name in self.groups:
            group = self.groups[written.name]
            return error_at(
                written.where,
                f'{title}, which is a job inside the job group "{group}"',
                suggestions=(f"Require the group: {group}",),
                code="job-group",
            )
        place = "job group" if written.group else "workflow"
        known = [name for group, name in self.by_name if group == written.group]
        return error_at(
            written.where,
            f"{title}, which is not a job of this {place}",
            suggestions=nearest(written.name, known),
            code="requires",
        )


def _refuse_cycles(workflow: str, jobs: Sequence[WorkflowJob]) -> None:
    graph: Mapping[str, Any] = {
        job.name: [requirement.job for requirement in job.requires] for job in jobs
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1]
        where = next(job.where for job in jobs if job.name == circle[0])
        shown = [*reversed(circle)]
        if len(shown) > _LONGEST_CHAIN:
            shown[_LONGEST_CHAIN - 1 : -1] = ["…"]
        chain = " → ".join(shown)
        message = f'workflow "{workflow}": jobs require each other: {chain}'
        advice = ("Remove one of these requirements.",)
        raise error_at(where, message, suggestions=advice, code="circle") from None
