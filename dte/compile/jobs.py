"""Compiles a call of a job: binds parameters, finds its executor, expands steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dte.compile import values
from dte.compile.executors import (
    SHARED_KEYS,
    ExecutorSettings,
    find_executor_settings,
    read_executor_settings,
)
from dte.compile.namespace import Definition, Stub
from dte.compile.parameters import Parameter, bind, declared
from dte.compile.steps import Stubs, expand_steps
from dte.compile.templates import Scope
from dte.errors import NOT_REHEARSABLE
from dte.model import Job, Step, Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import describe, known_keys

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
JOB_KEYS = (
    "type",
    "description",
    "parameters",
    "executor",
    "parallelism",
    "steps",
    "circleci_ip_ranges",
    "retention",
    *SHARED_KEYS,
)
_TYPES = ("build", "approval", "no-op", "release", "lock", "unlock")


@dataclass(frozen=True)
class JobCall:
    """One job of a workflow as it is called, matrix values already chosen."""

    arguments: LocatedMap
    scope: Scope
    where: Where
    pre_steps: Any = None
    post_steps: Any = None


@dataclass
class JobCompiler:
    """Compiles calls of jobs; remembers what it has read of each definition."""

    stubs: Stubs
    _parameters: dict[Definition, dict[str, Parameter]] = field(default_factory=dict)

    def parameters(self, definition: Definition) -> dict[str, Parameter]:
        """Return the parameters that a job declares."""
        if definition not in self._parameters:
            self._parameters[definition] = read_job_head(definition)
        return self._parameters[definition]

    def compile(self, definition: Definition, call: JobCall, name: str) -> Job | None:
        """Return the job that a call makes; None for an approval."""
        parameters = self.parameters(definition)
        kind = definition.body.get("type", "build")
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
        settings = self._executor_settings(definition, scope, kind)
        taken = values.take(
            definition.body,
            {
                "parallelism": values.integer(1),
                "circleci_ip_ranges": values.boolean,
                "retention": values.mapping,
            },
            scope,
            scope.title,
        )
        return Job(
            name=name,
            executor=settings.executor,
            environment=settings.environment,
            working_directory=settings.working_directory or "~/project",
            shell=settings.shell,
            parallelism=taken.get("parallelism", 1),
            steps=tuple(self._steps(definition, call, scope, kind)),
            where=definition.where,
        )

    def compile_stub(self, stub: Stub, where: Where, name: str) -> Job:
        """Return the placeholder for a job of a missing orb."""
        return Job(
            name=name,
            executor={"docker": [{"image": f"not-rehearsed/{stub.name}"}]},
            environment={},
            working_directory="~/project",
            shell=None,
            parallelism=1,
            steps=(self.stubs.step(stub, where),),
            where=where,
        )

    def _executor_settings(
        self, definition: Definition, scope: Scope, kind: str
    ) -> ExecutorSettings:
        body = definition.body
        settings = read_executor_settings(body, scope)
        if "executor" in body:
            named = find_executor_settings(
                body["executor"], scope, body.where_is("executor"), self.stubs
            )
            settings = named.under(settings)
        if not settings.kind and kind == "build":
            raise error_at(
                definition.where,
                f"{scope.title}: has no executor",
                suggestions=("Add executor:, docker:, machine: or macos:",),
            )
        return settings

    def _steps(
        self, definition: Definition, call: JobCall, scope: Scope, kind: str
    ) -> list[Step]:
        steps: list[Step] = []
        body = definition.body
        for written, seen, where in (
            (call.pre_steps, call.scope, call.where),
            (body.get("steps"), scope, body.where_is("steps")),
            (call.post_steps, call.scope, call.where),
        ):
            if written is not None:
                steps += expand_steps(written, seen, self.stubs, where=where)
        if "steps" not in body and kind == "build":
            raise error_at(definition.where, f"{scope.title}: needs the key steps")
        return steps


def read_job_head(definition: Definition) -> dict[str, Parameter]:
    """Check a job's keys and type, and return the parameters it declares."""
    body, title = definition.body, definition.title
    kind = body.get("type", "build")
    if kind not in _TYPES:
        message = f"{title}: type must be one of {', '.join(_TYPES)}, not "
        raise error_at(body.where_is("type"), message + describe(kind))
    if kind in ("release", "lock", "unlock"):
        raise error_at(
            body.where_is("type"),
            f"{title}: a job of type {kind} can't be rehearsed",
            exit_code=NOT_REHEARSABLE,
        )
    known_keys(body, JOB_KEYS, title)
    parameters = declared(body.get("parameters"), body.where_is("parameters"), title)
    for name, parameter in parameters.items():
        if name in RESERVED:
            message = f'{title}: the parameter name "{name}" is reserved'
            raise error_at(parameter.where, message)
    return parameters
