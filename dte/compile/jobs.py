"""Compiles a call of a job: binds parameters, finds its executor, expands steps."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

from dte.compile import values
from dte.compile.declarations import declared_by
from dte.compile.executor_fit import warn_of_misfits
from dte.compile.executors import (
    KINDS,
    STUB_IMAGE,
    ExecutorSettings,
    find_executor_settings,
    read_executor_settings,
)
from dte.compile.job_types import BUILD, JOB_CHECKS, check_keys, job_type, read_settings
from dte.compile.namespace import Definition, Stub
from dte.compile.parameters import Parameter, bind
from dte.compile.steps import StepExpander, Stubs, require_steps
from dte.compile.templates import Scope
from dte.errors import Errors
from dte.model import Job, Step, Where
from dte.parse import LocatedMap, error_at

RESERVED = (
    "name",
    "requires",
    "context",
    "type",
    "filters",
    "matrix",
    "pre-steps",
    "post-steps",
    "serial-group",
    "override-with",
)


@dataclass(frozen=True)
class JobCall:
    """One call of a job in a workflow, with matrix values already chosen."""

    arguments: LocatedMap
    scope: Scope
    where: Where
    pre_steps: Any = None
    post_steps: Any = None


@dataclass
class JobCompiler:
    """Compiles calls of jobs."""

    stubs: Stubs

    def compile(self, definition: Definition, call: JobCall, name: str) -> Job | None:
        """Return the job that a call creates; None for an approval."""
        parameters, kind = read_job_head(definition)
        definition.memo["called"] = True
        if kind == "approval":
            return None
        bound = bind(
            parameters,
            call.arguments,
            given_in=call.scope,
            declared_in=Scope(definition.title, definition.namespace),
            what=definition.title,
        )
        scope = Scope(definition.title, definition.namespace, bound)
        if kind != BUILD:
            settings = read_settings(definition, kind, scope)
            return elsewhere(name, kind, settings, definition.where)
        errors = Errors()
        settings, taken = {}, {}
        executor, steps = ExecutorSettings(), []
        with errors.collect():
            settings = read_settings(definition, kind, scope)
        with errors.collect():
            executor = self._executor_settings(definition, scope)
        with errors.collect():
            checks = {"parallelism": JOB_CHECKS["parallelism"]}
            taken = values.take(definition.body, checks, scope, scope.title)
        with errors.collect():
            steps = self._steps(definition, call, scope)
        errors.raise_all()
        job = Job(
            name=name,
            executor=executor.executor,
            environment=executor.environment,
            working_directory=executor.working_directory or "~/project",
            shell=executor.shell,
            parallelism=taken.get("parallelism", 1),
            steps=tuple(steps),
            where=definition.where,
            settings=settings,
        )
        where = definition.body.where_is("resource_class")
        warn_of_misfits(job, where, definition.namespace.notes)
        return job

    def compile_stub(self, stub: Stub, call: JobCall, name: str) -> Job:
        """Return the placeholder for a job of a missing orb."""
        expander = StepExpander(self.stubs, call.scope)
        before, after = (
            expander.expand(steps, call.where) if steps is not None else ()
            for steps in (call.pre_steps, call.post_steps)
        )
        return Job(
            name=name,
            executor={"docker": [{"image": f"{STUB_IMAGE}{stub.name}"}]},
            environment={},
            working_directory="~/project",
            shell=None,
            parallelism=1,
            steps=(*before, self.stubs.step(stub, call.where), *after),
            where=call.where,
        )

    def _executor_settings(
        self, definition: Definition, scope: Scope
    ) -> ExecutorSettings:
        body = definition.body
        settings = read_executor_settings(body, scope)
        if "executor" in body:
            named = find_executor_settings(
                body["executor"], scope, body.where_is("executor"), self.stubs
            )
            settings = named.under(settings)
        if not settings.kind:
            raise error_at(
                definition.where,
                f"{scope.title}: has no executor",
                suggestions=("Add executor:, docker:, machine: or macos:",),
                code="missing-key",
            )
        return settings

    def _steps(self, definition: Definition, call: JobCall, scope: Scope) -> list[Step]:
        body = definition.body
        require_steps(definition)
        errors = Errors()
        steps: list[Step] = []
        for written, seen, where in (
            (call.pre_steps, call.scope, call.where),
            (body["steps"], scope, body.where_is("steps")),
            (call.post_steps, call.scope, call.where),
        ):
            with errors.collect():
                if written is not None:
                    steps += StepExpander(self.stubs, seen).expand(written, where)
        errors.raise_all()
        return steps


def elsewhere(name: str, kind: str, settings: dict[str, Any], where: Where) -> Job:
    """Return a job that runs only on CircleCI.

    In a rehearsal, the job only prints a notice; a job of type no-op prints nothing.
    """
    steps: list[Step] = []
    if kind != "no-op":
        words = f"a job of type {kind} runs only on CircleCI"
        title = f"Not rehearsed: {kind}"
        arguments = {"name": title, "command": f"echo {shlex.quote(words)}"}
        steps.append(Step("run", title, arguments, where))
    return Job(
        name=name,
        executor={},
        environment={},
        working_directory="~/project",
        shell=None,
        parallelism=1,
        steps=tuple(steps),
        where=where,
        type=kind,
        settings=settings,
    )


def require_executor(definition: Definition) -> None:
    """Raise UserError for a job without an executor."""
    if not {"executor", *KINDS} & set(definition.body):
        raise error_at(
            definition.where,
            f"{definition.title}: has no executor",
            suggestions=("Add executor:, docker:, machine: or macos:",),
            code="missing-key",
        )


def read_job_head(definition: Definition) -> tuple[dict[str, Parameter], str]:
    """Check a job's keys, and return the parameters it declares and its type."""
    if "type" not in definition.memo:
        kind = job_type(definition)
        check_keys(definition, kind)
        for name, parameter in declared_by(definition).items():
            if name in RESERVED:
                message = f'{definition.title}: the parameter name "{name}" is reserved'
                where = parameter.where
                advice = (f"Rename it, for example to the-{name}.",)
                raise error_at(where, message, suggestions=advice, code="parameter")
        definition.memo["type"] = kind
    return declared_by(definition), definition.memo["type"]
