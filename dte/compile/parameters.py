"""Binds the parameters of jobs, commands, executors and pipelines to arguments.

Source: "Reusable config reference", section "Parameter types".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dte.compile.templates import Scope, fill
from dte.errors import Errors
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, error_at, nearest
from dte.parse.expect import (
    describe,
    shorten,
)
from dte.parse.scalars import as_written

_FORMS = {
    "string": '"a string"',
    "boolean": "true",
    "integer": "1",
    "executor": "the-name-of-an-executor",
    "steps": "[checkout, run: make]",
    "env_var_name": "MY_VARIABLE",
}
_POSIX_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; ``choices`` are the values of an enum."""

    name: str
    type: str
    required: bool
    default: Any
    choices: tuple[Any, ...]
    where: Where


@dataclass(frozen=True)
class StepsValue:
    """Steps passed as an argument, and the scope in which they are written."""

    steps: LocatedList
    scope: Scope

    def __str__(self) -> str:
        return "a list of steps"

    def __bool__(self) -> bool:
        return bool(self.steps)


@dataclass(frozen=True)
class ExecutorValue:
    """An executor passed as an argument, and the scope in which it is looked up."""

    name: str
    arguments: LocatedMap
    scope: Scope
    where: Where

    def __str__(self) -> str:
        return f'the executor "{self.name}"'


def bind(
    parameters: Mapping[str, Parameter],
    arguments: LocatedMap,
    *,
    given_in: Scope,
    declared_in: Scope,
    what: str,
) -> dict[str, Any]:
    """Return the value of each `parameters.…` name: its argument, or else its default.

    Templates in arguments use the caller's scope; templates in defaults use the scope
    of the declaring config or orb. Raises UserError for an argument that is missing,
    unknown or of the wrong type.
    """
    errors, bound = Errors(), {}
    given_in.namespace.budget.expand(arguments.where, len(parameters) // 5)
    for name in arguments:
        with errors.collect():
            if name not in parameters:
                raise error_at(
                    arguments.where_is(name),
                    f'{what}: unknown parameter "{shorten(name)}"',
                    suggestions=nearest(name, parameters)
                    or ("It takes no parameters.",),
                    code="parameter",
                )
    for name, parameter in parameters.items():
        if parameter.required and name not in arguments:
            errors.raise_all()  # an unknown argument may be this parameter, misspelled
        with errors.collect():
            bound[f"parameters.{name}"] = _bound(
                parameter, arguments, given_in, declared_in, what
            )
    errors.raise_all()
    return bound


def _bound(
    parameter: Parameter,
    arguments: LocatedMap,
    given_in: Scope,
    declared_in: Scope,
    what: str,
) -> Any:
    name = parameter.name
    if name in arguments:
        where, scope, raw = arguments.where_is(name), given_in, arguments[name]
    elif parameter.required:
        raise error_at(
            arguments.where,
            f'{what}: the parameter "{name}" ({parameter.type}) is missing',
            suggestions=(f"It is declared at {parameter.where}",),
            code="parameter",
        )
    else:
        where, scope, raw = parameter.where, declared_in, parameter.default
    return checked(parameter, raw, scope, where, f'{what}: parameter "{name}"')


def checked(
    parameter: Parameter, raw: Any, scope: Scope, where: Where, title: str
) -> Any:
    """Return the filled-in argument; raise UserError if its type is wrong."""
    if parameter.type == "steps":
        value = fill(raw, scope, where) if isinstance(raw, str) else raw
        if isinstance(value, LocatedList):
            return StepsValue(value, scope)
        fits = isinstance(value, StepsValue)
    elif parameter.type == "executor":
        value = executor_value(raw, scope, where)
        fits = isinstance(value, ExecutorValue)
    else:
        value = fill(raw, scope, where)
        if value in (None, "") and isinstance(raw, str) and parameter.type == "string":
            value = ""  # a pipeline value that this pipeline does not have
        fits = _fits(parameter, value)
    if fits:
        return value
    expected = f"of type {parameter.type}"
    if parameter.type == "enum":
        expected = f"one of {listed(parameter.choices)}"
    shown = describe(raw if isinstance(raw, float) else value)
    raise error_at(
        where,
        f"{title}: must be {expected}, not {shown}",
        suggestions=_advice(parameter, raw, value),
        code="parameter",
    )


def _advice(parameter: Parameter, raw: Any, value: Any) -> tuple[str, ...]:
    """Return a suggestion for a value that has the wrong type."""
    name, scalar = parameter.name, isinstance(value, int | float)
    if parameter.type == "string" and scalar and isinstance(raw, str):
        return (
            f"A value that is only << … >> keeps its type: declare {name} with that "
            "type, or add text to the value.",
        )
    if parameter.type in ("string", "enum") and scalar:
        return (f'Put it in quotes: {name}: "{as_written(raw)}"',)
    unquoted = {"boolean": ("true", "false"), "integer": None}
    if parameter.type in unquoted and isinstance(raw, str) and raw == value:
        words = unquoted[parameter.type]
        if value in words if words else value.isdecimal():
            return (f"Write it without quotes: {name}: {value}",)
    if parameter.type == "enum" and isinstance(value, str):
        choices = [choice for choice in parameter.choices if isinstance(choice, str)]
        if near := nearest(value, choices, only_close=True):
            return near
    return (f"Write {name}: {form_of(parameter)}",)


def form_of(parameter: Parameter) -> str:
    """Return an example of an argument of the right type."""
    if parameter.type == "enum":
        return str(parameter.choices[0])
    return _FORMS[parameter.type]


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "boolean":
        return isinstance(value, bool)
    if parameter.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if parameter.type == "enum":
        return chosen(value, parameter.choices)
    if parameter.type == "env_var_name":
        return isinstance(value, str) and bool(_POSIX_NAME.fullmatch(value))
    return isinstance(value, str)


def listed(choices: tuple[Any, ...]) -> str:
    """Return the choices of an enum as a comma-separated list."""
    return ", ".join(str(choice) for choice in choices)


def chosen(value: Any, choices: tuple[Any, ...]) -> bool:
    """Return whether a value is one of the choices of an enum."""
    return any(type(value) is type(choice) and value == choice for choice in choices)


def executor_value(raw: Any, scope: Scope, where: Where) -> Any:
    """Return `executor: x` or `executor: {name: x, …}` as an ExecutorValue.

    A value of another type is returned unchanged.
    """
    value = fill(raw, scope, where) if isinstance(raw, str) else raw
    if isinstance(value, str):
        return ExecutorValue(value, LocatedMap(where), scope, where)
    if isinstance(value, LocatedMap):
        name = fill(value.get("name"), scope, value.where_is("name"))
        arguments = LocatedMap(value.where)
        for key in value:
            if key != "name":
                arguments.put(key, value[key], value.where_is(key))
        if isinstance(name, ExecutorValue) and not arguments:
            return name
        if isinstance(name, str):
            return ExecutorValue(name, arguments, scope, where)
        message = 'executor: a mapping needs the key "name"'
        advice = ("Add name: with the name of an executor.",)
        raise error_at(where, message, suggestions=advice, code="missing-key")
    return value
