"""Reads the jobs of a workflow: expands each call's matrix and compiles the jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dte.compile import values
from dte.compile.jobs import RESERVED, JobCall, JobCompiler
from dte.compile.matrix import Combination, Matrix, read_matrix
from dte.compile.namespace import Definition, Stub
from dte.compile.requirements import (
    WrittenRequirement,
    read_contexts,
    read_filters,
    read_requires,
)
from dte.compile.templates import Scope
from dte.model import Job, Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, known_keys

_APPROVAL_KEYS = ("type", "name", "requires", "filters", "context")
_NO_MATRIX = Matrix((Combination({}, ""),), None)


@dataclass(frozen=True)
class Draft:
    """A job of a workflow before names and requirements are resolved."""

    name: str
    alias: str | None
    job: Job | None
    requires: tuple[WrittenRequirement, ...]
    contexts: tuple[str, ...]
    filters: Mapping[str, Any]
    where: Where
    extra: Mapping[str, Any] = field(default_factory=dict)


def read_calls(
    value: Any, scope: Scope, where: Where, compiler: JobCompiler
) -> Iterator[Draft]:
    """Return the jobs that a workflow's `jobs:` list calls."""
    for item, item_where in expect_list(
        value, where, f"{scope.title}: jobs"
    ).with_lines():
        if isinstance(item, str):
            name, body = item, LocatedMap(item_where)
        elif isinstance(item, LocatedMap) and len(item) == 1:
            ((name, given),) = item.items()
            if given is None:
                given = LocatedMap(item_where)
            body = expect_map(given, item.where_is(name), f'{scope.title}: "{name}"')
        else:
            message = f"{scope.title}: a job must be a name or a mapping with one name"
            raise error_at(
                item_where,
                message + f", not {describe(item)}",
                suggestions=(
                    "Indent the keys below the job's name by two more levels.",
                ),
            )
        yield from _read_call(name, body, scope, item_where, compiler)


def _read_call(
    name: str, body: LocatedMap, scope: Scope, where: Where, compiler: JobCompiler
) -> Iterator[Draft]:
    kind = body.get("type")
    if kind == "approval":
        known_keys(body, _APPROVAL_KEYS, f'{scope.title}: "{name}"')
        yield _draft(name, body, scope, where, alias=None, job=None)
        return
    if kind is not None:
        message = f'{scope.title}: "{name}": type: must be approval'
        raise error_at(body.where_is("type"), message)
    found = _find_job(name, body, scope, where)
    matrix = _read_matrix(found, body, scope, compiler)
    for combination in matrix.combinations:
        inner = Scope(scope.title, scope.namespace, combination.names)
        default = name + combination.suffix
        if isinstance(found, Stub):
            job: Job | None = compiler.compile_stub(found, where, default)
        else:
            call = JobCall(
                arguments=_arguments(body, combination, found),
                scope=inner,
                where=where,
                pre_steps=body.get("pre-steps"),
                post_steps=body.get("post-steps"),
            )
            job = compiler.compile(found, call, default)
        alias = (matrix.alias or name) if "matrix" in body else None
        yield _draft(default, body, inner, where, alias=alias, job=job)


def _read_matrix(
    found: Definition | Stub, body: LocatedMap, scope: Scope, compiler: JobCompiler
) -> Matrix:
    if "matrix" not in body:
        return _NO_MATRIX
    written, where = body["matrix"], body.where_is("matrix")
    if isinstance(found, Definition):
        known: Collection[str] = compiler.parameters(found)
        return read_matrix(written, known, scope, where, found.title)
    # Nobody here knows what a stubbed job declares, so it takes any parameter.
    given = written.get("parameters") if isinstance(written, LocatedMap) else None
    known = given if isinstance(given, LocatedMap) else ()
    return read_matrix(written, known, scope, where, f'job "{found.name}"')


def _find_job(
    name: str, body: LocatedMap, scope: Scope, where: Where
) -> Definition | Stub:
    override = body.get("override-with")
    if isinstance(override, str):
        found = scope.namespace.find("jobs", override)
        if found is not None:
            return found
    found = scope.namespace.find("jobs", name)
    if found is None:
        raise error_at(
            where,
            f'{scope.title}: there is no job "{name}"',
            suggestions=nearest(name, scope.namespace.names("jobs")),
        )
    return found


def _arguments(
    body: LocatedMap, combination: Combination, found: Definition
) -> LocatedMap:
    arguments = LocatedMap(body.where)
    for key in body:
        if key not in RESERVED:
            arguments.put(key, body[key], body.where_is(key))
    for key, choice in combination.chosen.items():
        if key in arguments:
            message = f'{found.title}: "{key}" is in the matrix and is an argument too'
            raise error_at(arguments.where_is(key), message)
        arguments.put(key, choice.written, choice.where)
    return arguments


def _draft(
    default: str,
    body: LocatedMap,
    scope: Scope,
    where: Where,
    *,
    alias: str | None,
    job: Job | None,
) -> Draft:
    checks = {"name": values.text, "serial-group": values.text}
    taken = values.take(body, checks, scope, scope.title)
    extra = {key: value for key, value in taken.items() if key != "name"}
    name = taken.get("name", default)
    if not name.strip():
        raise error_at(body.where_is("name"), f"{scope.title}: name: is empty")
    return Draft(
        name=name,
        alias=alias,
        job=job,
        requires=read_requires(body.get("requires"), scope, body.where_is("requires")),
        contexts=read_contexts(body.get("context"), scope, body.where_is("context")),
        filters=read_filters(body.get("filters"), scope, body.where_is("filters")),
        where=where,
        extra=extra,
    )
