"""Checks all jobs, commands and executors, even unused ones, as CircleCI does.

The checks don't depend on the values of parameters. They cover keys, step names,
declared parameters and the names in templates.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from dte.compile.allowed_names import (
    check_name,
    warn_of_job_names,
    warn_of_parameter_names,
)
from dte.compile.budget import DEFINITION
from dte.compile.conditions import check_statement
from dte.compile.declarations import declared_by
from dte.compile.executors import (
    EXECUTOR_KEYS,
    SHARED_CHECKS,
    check_executor_keys,
    unknown_executor,
)
from dte.compile.expression_syntax import ExpressionError
from dte.compile.job_types import check_settings
from dte.compile.jobs import read_job_head, require_executor
from dte.compile.literals import check_literals, is_literal, texts_in
from dte.compile.namespace import SECTIONS, Definition, Namespace
from dte.compile.parameters import Parameter, checked, executor_value
from dte.compile.step_kinds import KINDS, check_held, check_step, require_held
from dte.compile.steps import (
    COMMAND_KEYS,
    STRUCTURES,
    StepCall,
    each_step,
    read_call,
    read_condition,
    require_steps,
    unknown_step,
)
from dte.compile.template_syntax import names_in_text
from dte.compile.templates import Scope, fill_text
from dte.errors import Errors
from dte.model import Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import describe, known_keys


@dataclass(frozen=True)
class Checker:
    """Checks the definitions of one config or orb."""

    namespace: Namespace

    def check(self) -> None:
        """Raise UserError for each definition that no arguments could make valid."""
        errors = Errors()
        for section in SECTIONS:
            for name in self.namespace.sections.get(section, {}):
                with errors.collect():
                    self._check(section, self.namespace.definition(section, name))
        warn_of_job_names(self.namespace)
        errors.raise_all()

    def check_workflows(self, workflows: LocatedMap) -> None:
        """Raise UserError for each undeclared name in the templates of a workflow."""
        errors = Errors()
        for name in workflows:
            scope = Scope(f'workflow "{name}"', self.namespace)
            where = workflows.where_is(name)
            with errors.collect():
                self._check_names(workflows[name], scope, where, families=("matrix.",))
        errors.raise_all()

    def _check(self, section: str, definition: Definition) -> None:
        errors, body = Errors(), definition.body
        parameters: dict[str, Parameter] = {}
        names = body.get("parameters")
        count = len(names) if isinstance(names, LocatedMap) else 0
        self.namespace.budget.expand(definition.where, DEFINITION + count)
        with errors.collect():
            self._check_head(section, definition)
        with errors.collect():
            parameters = declared_by(definition)
            warn_of_parameter_names(definition)
        scope = Scope(
            definition.title,
            self.namespace,
            {
                f"parameters.{name}": None
                for name in (names if isinstance(names, LocatedMap) else ())
            },
        )
        with errors.collect():
            self._check_defaults(parameters, scope, definition.title)
        with errors.collect():
            _check_values(section, definition, scope)
        with errors.collect():
            if body.get("steps") and section != "executors":
                self.check_steps(body["steps"], scope, body.where_is("steps"))
        for key in body:
            with errors.collect():
                if key not in ("parameters", "description"):
                    self._check_names(body[key], scope, body.where_is(key))
        errors.raise_all()

    def _check_head(self, section: str, definition: Definition) -> None:
        body, title = definition.body, definition.title
        check_name(definition)
        if section == "jobs":
            _, kind = read_job_head(definition)
            if kind == "build":
                require_executor(definition)
                require_steps(definition)
        if section == "commands":
            known_keys(body, COMMAND_KEYS, title)
            require_steps(definition)
        if section == "executors":
            known_keys(body, EXECUTOR_KEYS, title)
        if not isinstance(body.get("description", ""), str):
            shown = describe(body["description"])
            raise error_at(
                body.where_is("description"),
                f"{title}: description: must be a string, not {shown}",
                suggestions=("Write it as one string, in quotes.",),
                code="type",
            )

    def _check_defaults(
        self, parameters: dict[str, Parameter], scope: Scope, title: str
    ) -> None:
        errors = Errors()
        for name, parameter in parameters.items():
            default = parameter.default
            if parameter.required or (isinstance(default, str) and "<<" in default):
                continue
            what = f'{title}: parameter "{name}": default'
            with errors.collect():
                checked(parameter, default, scope, parameter.where, what)
                if parameter.type == "steps":
                    self.check_steps(default, scope, parameter.where)
        errors.raise_all()

    def check_steps(self, steps: Any, scope: Scope, where: Where) -> None:
        """Raise UserError for each step that no arguments could make valid."""
        if isinstance(steps, str) and "<<" in steps:
            return
        errors = Errors()
        for item, item_where in each_step(steps, where, f"{scope.title}: steps"):
            with errors.collect():
                self._check_step(read_call(item, item_where), scope)
        errors.raise_all()

    def _check_step(self, call: StepCall, scope: Scope) -> None:
        self.namespace.budget.expand(call.where)
        if call.name in ("when", "unless"):
            condition, inner = read_condition(call)
            check_statement(condition, call.item_where)
            self.check_steps(inner, scope, call.item_where)
        elif call.name == "steps":
            self.check_steps(call.given, scope, call.item_where)
        elif not self._is_looked_up_later(call.name, scope):
            if call.name not in KINDS:
                raise unknown_step(call, scope)
            mapping = check_step(call.name, call.given, call.where)
            if mapping is not None:
                check_literals(mapping, KINDS[call.name].keys, scope, call.name)
                self._check_held(call.name, mapping, scope)

    def _check_held(self, name: str, mapping: LocatedMap, scope: Scope) -> None:
        holds = KINDS[name].holds
        if holds not in mapping:
            return
        where = mapping.where_is(holds)
        require_held(name, mapping)
        self.check_steps(mapping[holds], scope, where)
        for item, at in each_step(mapping[holds], where, f"{name}: {holds}"):
            call = read_call(item, at)
            check_held(name, call.name, call.given, at)

    def _is_looked_up_later(self, name: str, scope: Scope) -> bool:
        """Return whether a step, such as a command, is checked only when expanded."""
        alias, slash, _ = name.partition("/")
        if name in STRUCTURES or "<<" in name:
            return True
        if slash and alias in scope.namespace.orbs:
            return True
        return scope.namespace.find("commands", name) is not None

    def _check_names(
        self, value: Any, scope: Scope, where: Where, families: Collection[str] = ()
    ) -> None:
        errors = Errors()
        for text, at in texts_in(value, where):
            self.namespace.budget.expand_text(text, at)
            try:
                names = [
                    name
                    for name in names_in_text(text)
                    if not name.startswith(tuple(families))
                ]
            except ExpressionError:
                with errors.collect():
                    fill_text(text, scope, at)  # raises the error with its position
                continue
            for name in names:
                with errors.collect():
                    scope.lookup(name, at)
        errors.raise_all()


def _check_values(section: str, definition: Definition, scope: Scope) -> None:
    errors, body = Errors(), definition.body
    if section != "commands":
        with errors.collect():
            check_executor_keys(body, scope)
        with errors.collect():
            check_literals(body, SHARED_CHECKS, scope, scope.title)
    if section == "jobs":
        with errors.collect():
            _check_executor(body, scope)
        with errors.collect():
            check_settings(definition, scope)
    errors.raise_all()


def _check_executor(body: LocatedMap, scope: Scope) -> None:
    written = body.get("executor", "")
    if not isinstance(written, str | LocatedMap):
        shown = describe(written)
        raise error_at(
            body.where_is("executor"),
            f"{scope.title}: executor: must be a name or a mapping, not {shown}",
            suggestions=("Write the name of one of executors: executor: name",),
            code="type",
        )
    if "executor" in body and is_literal(written):
        # CircleCI may not look up the executor of a job that doesn't run. If the job
        # runs, dte refuses an unknown executor when it compiles the job.
        name = executor_value(written, scope, body.where_is("executor")).name
        scope.namespace.notes.warn_if(lambda: _find_executor(name, body, scope))


def _find_executor(name: str, body: LocatedMap, scope: Scope) -> None:
    # Executors of orbs are not looked up: an orb that nothing uses may be missing.
    if "/" not in name and scope.namespace.find("executors", name) is None:
        where = body.where_is("executor")
        raise unknown_executor(name, scope, scope.namespace, where)
