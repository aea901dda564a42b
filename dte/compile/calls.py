"""Reads the jobs of a workflow: expands each call's matrix and compiles the jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dte.compile import values
from dte.compile.budget import JOB
from dte.compile.drafts import Draft
from dte.compile.jobs import RESERVED, JobCall, JobCompiler, read_job_head
from dte.compile.matrix import Combination, Matrix, read_matrix
from dte.compile.namespace import Definition, Stub
from dte.compile.notes import Notes
from dte.compile.requirements import read_contexts, read_filters, read_requires
from dte.compile.templates import Scope, fill_text
from dte.errors import Errors, UserError
from dte.model import Job, Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, shorten

_APPROVAL_KEYS = ("type", "name", "requires", "filters", "context")
_EMPTY = Draft("", None, None, (), (), {}, Where("", 0))
_NO_MATRIX = Matrix((Combination({}, ""),), None)


@dataclass(frozen=True)
class CallReader:
    """Reads the calls of one workflow or job group.

    ``groups`` contains the job groups that a call may name.
    """

    compiler: JobCompiler
    scope: Scope
    groups: Mapping[str, LocatedMap] = field(default_factory=dict)

    def read(self, name: str, body: LocatedMap, where: Where) -> Iterator[Draft]:
        """Return the jobs that one call creates; raises UserError."""
        if body.get("type") == "approval":
            self._warn_of_keys(name, body)
            self._warn_of_job(name, where)
            self.scope.namespace.budget.expand(where, JOB)
            yield self._draft(name, body, self.scope, where)
            return
        try:
            check_type(name, body, self.scope.title)
            found = self._find_job(name, body, where)
            matrix = self._read_matrix(found, body)
        except UserError:
            # With this draft, requirements on the job don't cause further errors.
            yield replace(_EMPTY, name=name, where=where, broken=True)
            raise
        errors = Errors()
        for combination in matrix.combinations:
            with errors.collect():
                yield self._read_one(
                    found, name, body, where, combination, matrix.alias, errors
                )
        errors.raise_all()

    def _read_one(
        self,
        found: Definition | Stub,
        name: str,
        body: LocatedMap,
        where: Where,
        combination: Combination,
        alias: str | None,
        errors: Errors,
    ) -> Draft:
        self.scope.namespace.budget.expand(where, JOB)
        inner = replace(self.scope, values=combination.names)
        default = name + combination.suffix
        call = JobCall(
            arguments=_arguments(body, combination, found, self.scope.namespace.notes),
            scope=inner,
            where=where,
            pre_steps=body.get("pre-steps"),
            post_steps=body.get("post-steps"),
        )
        job, draft = None, replace(_EMPTY, name=default, where=where, broken=True)
        with errors.collect():
            job = self._compile(found, call, default, name)
        with errors.collect():
            draft = self._draft(default, body, inner, where)
        alias = (alias or name) if "matrix" in body else None
        return replace(draft, alias=alias, job=job)

    def _compile(
        self, found: Definition | Stub, call: JobCall, default: str, name: str
    ) -> Job | None:
        try:
            if isinstance(found, Stub):
                return self.compiler.compile_stub(found, call, default)
            return self.compiler.compile(found, call, default)
        except UserError as error:
            if error.where is not None and error.where != call.where:
                error.add_call(f'{call.where}: job "{name}"')
            raise

    def _warn_of_keys(self, name: str, body: LocatedMap) -> None:
        for key in body:
            if key not in _APPROVAL_KEYS:
                self.scope.namespace.notes.warn(
                    "ignored",
                    body.where_is(key),
                    f'{self.scope.title}: the approval "{name}" has no key '
                    f'"{shorten(key)}", so it is ignored',
                    nearest(key, _APPROVAL_KEYS, only_close=True),
                )

    def _warn_of_job(self, name: str, where: Where) -> None:
        """Warn if a job in `jobs:` has the name of an approval ("Using workflows")."""
        found = self.scope.namespace.find("jobs", name)
        if isinstance(found, Definition):
            found.memo["called"] = True
            if found.body.get("type") != "approval":
                self.scope.namespace.notes.warn(
                    "ignored",
                    where,
                    f'{self.scope.title}: "{shorten(name)}" is an approval, so the '
                    "steps of the job of this name don't run",
                    ("Give the approval another name.",),
                )

    def _read_matrix(self, found: Definition | Stub, body: LocatedMap) -> Matrix:
        if "matrix" not in body:
            return _NO_MATRIX
        written, where = body["matrix"], body.where_is("matrix")
        if isinstance(found, Definition):
            known: Collection[str] = read_job_head(found)[0]
            return read_matrix(written, known, self.scope, where, found.title)
        # The parameters of a stubbed job are unknown, so it accepts any parameter.
        given = written.get("parameters") if isinstance(written, LocatedMap) else None
        known = given if isinstance(given, LocatedMap) else ()
        return read_matrix(written, known, self.scope, where, f'job "{found.name}"')

    def _find_job(self, name: str, body: LocatedMap, where: Where) -> Definition | Stub:
        namespace = self.scope.namespace
        if body.get("override-with") is not None:
            overridden = self._override(name, body)
            if overridden is not None:
                return overridden
        found = namespace.find("jobs", name)
        if found is None:
            raise error_at(
                where,
                f'{self.scope.title}: there is no job "{shorten(name)}"',
                suggestions=namespace.suggest("jobs", name, self.groups),
                code="unknown-job",
            )
        return found

    def _override(self, name: str, body: LocatedMap) -> Definition | Stub | None:
        """Return the job that replaces `name`, or None ("How to override config")."""
        where = body.where_is("override-with")
        title = f"{self.scope.title}: {name}: override-with"
        other = values.take_one(
            body["override-with"], values.text, self.scope, where, title
        )
        found = self.scope.namespace.find("jobs", other)
        replaced = self.scope.namespace.find("jobs", name)
        if isinstance(replaced, Definition):
            replaced.memo["called"] = True
        said = (
            f"{title}: there is no job {shorten(other)}, so {name} itself runs"
            if found is None
            else f"{title}: {shorten(other)} runs instead of {name}"
        )
        self.scope.namespace.notes.tell("override", where, said)
        return found

    def _draft(
        self, default: str, body: LocatedMap, scope: Scope, where: Where
    ) -> Draft:
        checks = {"name": values.text, "serial-group": values.serial_group}
        errors, draft = Errors(), replace(_EMPTY, name=default, where=where)
        with errors.collect():
            taken = values.take(body, checks, scope, scope.title)
            name = taken.pop("name", default)
            check_not_empty(name, body.where_is("name"), scope.title)
            draft = replace(draft, name=name, extra=taken)
        with errors.collect():
            found = read_requires(
                body.get("requires"), scope, body.where_is("requires")
            )
            draft = replace(draft, requires=found)
        with errors.collect():
            names = read_contexts(body.get("context"), scope, body.where_is("context"))
            draft = replace(draft, contexts=names)
        with errors.collect():
            filters = read_filters(body.get("filters"), scope, body.where_is("filters"))
            draft = replace(draft, filters=filters)
        errors.raise_all()
        return draft


def check_type(name: str, body: LocatedMap, title: str) -> None:
    """Raise UserError for a type that only a job under `jobs:` may have."""
    if body.get("type") not in (None, "approval"):
        raise error_at(
            body.where_is("type"),
            f'{title}: "{name}": type: must be approval, not {describe(body["type"])}',
            suggestions=("Write any other type under jobs:",),
            code="type",
        )


def check_not_empty(name: str, where: Where, title: str) -> None:
    """Raise UserError if the name of a call is empty."""
    if not name.strip():
        raise error_at(
            where,
            f"{title}: name: is empty",
            suggestions=("Write a name, or remove the key.",),
            code="name",
        )


def each_call(
    value: Any, where: Where, title: str, scope: Scope | None = None
) -> Iterator[tuple[str, LocatedMap, Where]]:
    """Return the name, body and position of each item of a `jobs:` list.

    With a scope, templates in the names are filled in.
    """
    for name, body, at in _each_written(value, where, title):
        filled = fill_text(name, scope, at) if scope else name
        yield str(filled), body, at


def _each_written(
    value: Any, where: Where, title: str
) -> Iterator[tuple[str, LocatedMap, Where]]:
    items = expect_list(value, where, f"{title}: jobs")
    if not items:
        message = f"{title}: jobs: needs at least one job"
        advice = ("Write the name of a job: jobs: [build]",)
        raise error_at(where, message, suggestions=advice, code="jobs")
    for item, item_where in items.with_lines():
        if isinstance(item, str):
            yield item, LocatedMap(item_where), item_where
        elif isinstance(item, LocatedMap) and len(item) == 1:
            ((name, given),) = item.items()
            if given is None:
                given = LocatedMap(item_where)
            body = expect_map(given, item.where_is(name), f'{title}: "{name}"')
            yield name, body, item_where
        elif not isinstance(item, LocatedMap) or item:
            raise error_at(
                item_where,
                f"{title}: a job must be a name or a mapping with one name, not "
                f"{describe(item)}",
                suggestions=(
                    "Indent the keys below the job's name by two more levels.",
                ),
                code="jobs",
            )


def _arguments(
    body: LocatedMap,
    combination: Combination,
    found: Definition | Stub,
    notes: Notes,
) -> LocatedMap:
    arguments = LocatedMap(body.where)
    for key in body:
        if key not in RESERVED:
            arguments.put(key, body[key], body.where_is(key))
    for key, choice in combination.chosen.items():
        if key in arguments:
            # CircleCI's own orbs have pipelines with such keys, so this is a warning.
            title = found.title if isinstance(found, Definition) else found.name
            notes.warn(
                "matrix",
                arguments.where_is(key),
                f'{title}: "{key}" is in the matrix and also an argument, so the value '
                "of the matrix is used",
            )
        arguments.put(key, choice.written, choice.where)
    return arguments
