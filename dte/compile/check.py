"""Checks the definitions that no workflow uses: CircleCI refuses bad ones too.

Only what shows without values: keys, step names, declared parameters.
"""

from __future__ import annotations

import re
from typing import Any

from dte.compile.executors import EXECUTOR_KEYS
from dte.compile.jobs import JobCompiler
from dte.compile.namespace import Definition, Namespace
from dte.compile.parameters import Parameter, declared
from dte.compile.step_kinds import KINDS, check_step
from dte.compile.steps import (
    COMMAND_KEYS,
    STRUCTURES,
    read_call,
    read_condition,
    unknown_step,
)
from dte.compile.templates import Scope
from dte.model import Where
from dte.parse import error_at
from dte.parse.expect import expect_list, known_keys

_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)


def check_namespace(namespace: Namespace, compiler: JobCompiler) -> None:
    """Raise UserError at the first definition that can't be right."""
    for job in namespace.own("jobs"):
        parameters = compiler.parameters(job)
        _check_steps_of(job, parameters)
    for command in namespace.own("commands"):
        _check_name(command)
        known_keys(command.body, COMMAND_KEYS, command.title)
        if "steps" not in command.body:
            raise error_at(command.where, f"{command.title}: needs the key steps")
        _check_steps_of(command, _parameters(command))
    for executor in namespace.own("executors"):
        _check_name(executor)
        known_keys(executor.body, EXECUTOR_KEYS, executor.title)
        _parameters(executor)


def _check_name(definition: Definition) -> None:
    if not _NAME.fullmatch(definition.name):
        raise error_at(
            definition.where,
            f"{definition.title}: a name must begin with a lowercase letter and "
            "contain only lowercase letters, digits, _ and -",
        )


def _parameters(definition: Definition) -> dict[str, Parameter]:
    item_where = definition.body.where_is("parameters")
    return declared(definition.body.get("parameters"), item_where, definition.title)


def _check_steps_of(definition: Definition, parameters: dict[str, Parameter]) -> None:
    scope = Scope(definition.title, definition.namespace)
    body = definition.body
    if "steps" in body:
        _check_steps(body["steps"], scope, body.where_is("steps"))
    for parameter in parameters.values():
        if parameter.type == "steps" and isinstance(parameter.default, list):
            _check_steps(parameter.default, scope, parameter.where)


def _check_steps(steps: Any, scope: Scope, where: Where) -> None:
    for item, item_where in expect_list(
        steps, where, f"{scope.title}: steps"
    ).with_lines():
        call = read_call(item, item_where)
        if call.name in ("when", "unless"):
            _, inner = read_condition(call)
            _check_steps(inner, scope, call.item_where)
        elif not _is_other_structure(call.name, scope):
            if call.name not in KINDS:
                raise unknown_step(call, scope)
            check_step(call.name, call.given, call.where)


def _is_other_structure(name: str, scope: Scope) -> bool:
    """Imports are opened only for what is used; their parts are not looked up."""
    alias, slash, _ = name.partition("/")
    if name in STRUCTURES or (slash and alias in scope.namespace.orbs):
        return True
    return scope.namespace.find("commands", name) is not None
