"""Checks workflows that don't run in this pipeline, except for values with templates.

CircleCI checks the keys of every workflow against its schema, even if the workflow's
condition is false. No source says whether CircleCI expands a workflow that doesn't run,
so a mistake that the schema accepts is only a warning. Jobs, commands and executors of
orbs are not looked up, because an orb that nothing uses may be missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dte.compile import values
from dte.compile.calls import check_not_empty, check_type, each_call
from dte.compile.check import Checker
from dte.compile.conditions import check_expression
from dte.compile.job_groups import check_call_keys
from dte.compile.jobs import RESERVED, read_job_head
from dte.compile.literals import check_literals, is_literal
from dte.compile.matrix import MATRIX_KEYS, read_matrix
from dte.compile.requirements import (
    read_contexts,
    read_maps,
    read_requires,
    refuse_brackets,
)
from dte.compile.templates import Scope
from dte.errors import Errors
from dte.model import Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import expect_list, expect_map, known_keys, shorten

_CHECKS: Mapping[str, values.Check] = {
    "name": values.text,
    "serial-group": values.serial_group,
    "override-with": values.text,
}


@dataclass(frozen=True)
class UnrunChecker:
    """Checks the workflows that don't run; ``groups`` are the config's job groups."""

    scope: Scope
    groups: Mapping[str, LocatedMap]

    def check(self, workflows: LocatedMap, ran: Collection[str]) -> None:
        """Raise UserError for each invalid call in a workflow outside of ``ran``."""
        errors = Errors()
        for name, body in workflows.items():
            if name in ran or not isinstance(body, LocatedMap) or "jobs" not in body:
                continue
            inner = replace(self.scope, title=f'workflow "{name}"')
            where = body.where_is("jobs")
            with errors.collect():
                for job, call, at in each_call(body["jobs"], where, inner.title):
                    with errors.collect():
                        self._check_call(job, call, at, inner)
        errors.raise_all()

    def _check_call(
        self, name: str, body: LocatedMap, where: Where, scope: Scope
    ) -> None:
        errors = Errors()
        with errors.collect():
            _check_type(name, body, scope)
        with errors.collect():
            check_literals(body, _CHECKS, scope, scope.title)
            if is_literal(body.get("name")):
                check_not_empty(body.get("name", "-"), where, scope.title)
        for key, read in (("requires", read_requires), ("context", read_contexts)):
            with errors.collect():
                if is_literal(body.get(key)):
                    read(body.get(key), scope, body.where_is(key))
        with errors.collect():
            _check_filters(body, scope)
        for key in ("pre-steps", "post-steps"):
            with errors.collect():
                if body.get(key):
                    checker = Checker(scope.namespace)
                    checker.check_steps(body[key], scope, body.where_is(key))
        with errors.collect():
            _check_matrix(name, body, scope)
        with errors.collect():
            notes = scope.namespace.notes
            if body.get("type") == "approval":
                pass  # an approval may have any name, and has no arguments
            elif name in self.groups:
                notes.warn_if(lambda: check_call_keys(name, body))
            else:
                notes.warn_if(lambda: _check_arguments(name, body, scope))
        errors.raise_all()


def _check_type(name: str, body: LocatedMap, scope: Scope) -> None:
    """Only warn of a wrong type that is a string, because the schema accepts it."""
    if isinstance(body.get("type"), str):
        scope.namespace.notes.warn_if(lambda: check_type(name, body, scope.title))
    else:
        check_type(name, body, scope.title)


def _check_filters(body: LocatedMap, scope: Scope) -> None:
    written, where = body.get("filters"), body.where_is("filters")
    if isinstance(written, str):
        refuse_brackets(written, where)
        check_expression(written, scope, where)
    elif written is not None and is_literal(written):
        read_maps(written, scope, where)


def _check_matrix(name: str, body: LocatedMap, scope: Scope) -> None:
    """Check that the values in a matrix have the types that the schema requires."""
    if "matrix" not in body:
        return
    title = f'job "{name}": matrix'
    matrix = expect_map(body["matrix"], body.where_is("matrix"), title)
    if not is_literal(matrix):
        return
    check_literals(matrix, {"alias": values.text}, scope, title)
    where = matrix.where_is("parameters")
    expect_map(matrix.get("parameters"), where, f"{title}: parameters")
    if matrix.get("exclude") is not None:
        title, where = f"{title}: exclude", matrix.where_is("exclude")
        for item, at in expect_list(matrix["exclude"], where, title).with_lines():
            expect_map(item, at, title)


def _check_arguments(name: str, body: LocatedMap, scope: Scope) -> None:
    """Check the argument names and the matrix, if the job is in the config."""
    matrix, where = body.get("matrix"), body.where_is("matrix")
    if isinstance(matrix, LocatedMap):
        known_keys(matrix, MATRIX_KEYS, f'job "{name}": matrix')
    own = name in scope.namespace.sections.get("jobs", ())
    if not own or "override-with" in body:
        return
    definition = scope.namespace.definition("jobs", name)
    known = read_job_head(definition)[0]
    errors = Errors()
    for key in body:
        if key not in RESERVED and key not in known:
            with errors.collect():
                raise error_at(
                    body.where_is(key),
                    f'{definition.title}: unknown parameter "{shorten(key)}"',
                    suggestions=nearest(key, known) or ("It takes no parameters.",),
                    code="parameter",
                )
    with errors.collect():
        if isinstance(matrix, LocatedMap) and is_literal(matrix):
            read_matrix(matrix, known, scope, where, definition.title)
    errors.raise_all()
