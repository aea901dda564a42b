"""Parameters of jobs, commands, executors and pipelines: declared, then bound.

After "Reusable config reference", section "Parameter types".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dte.compile.templates import Scope, fill
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, error_at, nearest
from dte.parse.expect import (
    describe,
    expect_list,
    expect_map,
    known_keys,
    shorten,
)

TYPES = (
    "string",
    "boolean",
    "integer",
    "enum",
    "executor",
    "steps",
    "env_var_name",
)
_POSIX_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; ``choices`` are an enum's."""

    name: str
    type: str
    required: bool
    default: Any
    choices: tuple[Any, ...]
    where: Where


@dataclass(frozen=True)
class StepsValue:
    """Steps passed as a parameter; they keep the scope they were written in."""

    steps: LocatedList
    scope: Scope

    def __str__(self) -> str:
        return "a list of steps"

    def __bool__(self) -> bool:
        return bool(self.steps)


@dataclass(frozen=True)
class ExecutorValue:
    """An executor passed as a parameter; its name belongs to the caller's scope."""

    name: str
    arguments: LocatedMap
    scope: Scope
    where: Where

    def __str__(self) -> str:
        return f'the executor "{self.name}"'


def declared(value: Any, where: Where, what: str) -> dict[str, Parameter]:
    """Return the parameters that a `parameters:` mapping declares."""
    if value is None:
        return {}
    mapping = expect_map(value, where, f"{what}: parameters")
    return {
        name: _declaration(name, mapping[name], mapping.where_is(name), what)
        for name in mapping
    }


def _declaration(name: str, value: Any, where: Where, what: str) -> Parameter:
    title = f'{what}: parameter "{shorten(name)}"'
    mapping = expect_map(value, where, title)
    known_keys(mapping, ("type", "default", "description", "enum"), title)
    kind = mapping.get("type")
    if kind not in TYPES:
        raise error_at(
            mapping.where_is("type"),
            f"{title}: type must be one of {', '.join(TYPES)}, not {describe(kind)}",
        )
    if not isinstance(mapping.get("description", ""), str | None):
        raise error_at(
            mapping.where_is("description"), f"{title}: description: not text"
        )
    return Parameter(
        name=name,
        type=kind,
        required="default" not in mapping,
        default=mapping.get("default"),
        choices=_choices(mapping, kind, title),
        where=mapping.where_is("default") if "default" in mapping else where,
    )


def _choices(mapping: LocatedMap, kind: str, title: str) -> tuple[Any, ...]:
    if kind != "enum":
        if "enum" in mapping:
            raise error_at(mapping.where_is("enum"), f"{title}: enum: is for type enum")
        return ()
    where = mapping.where_is("enum")
    choices = tuple(expect_list(mapping.get("enum"), where, f"{title}: enum"))
    if not choices:
        raise error_at(where, f"{title}: enum: needs at least one value")
    if not all(isinstance(choice, str | int | float) for choice in choices):
        raise error_at(where, f"{title}: enum: may contain only text and numbers")
    default = mapping.get("default")
    template = isinstance(default, str) and "<<" in default
    if "default" in mapping and not template and not _chosen(default, choices):
        raise error_at(
            mapping.where_is("default"),
            f"{title}: default: must be one of {_listed(choices)}, "
            f"not {describe(default)}",
        )
    return choices


def bind(
    parameters: Mapping[str, Parameter],
    arguments: LocatedMap,
    *,
    given_in: Scope,
    declared_in: Scope,
    what: str,
) -> dict[str, Any]:
    """Return `parameters.…` names with values: the arguments, else the defaults.

    Arguments are filled in with what the caller sees, defaults with what the
    declaring config or orb sees. Raises UserError for a missing, unknown or
    mistyped one.
    """
    for name in arguments:
        if name not in parameters:
            raise error_at(
                arguments.where_is(name),
                f'{what}: unknown parameter "{shorten(name)}"',
                suggestions=nearest(name, parameters) or ("It takes no parameters.",),
            )
    return dict(_bound(parameters, arguments, given_in, declared_in, what))


def _bound(
    parameters: Mapping[str, Parameter],
    arguments: LocatedMap,
    given_in: Scope,
    declared_in: Scope,
    what: str,
) -> Iterator[tuple[str, Any]]:
    for name, parameter in parameters.items():
        if name in arguments:
            where, scope, raw = arguments.where_is(name), given_in, arguments[name]
        elif parameter.required:
            raise error_at(
                arguments.where,
                f'{what}: the parameter "{name}" ({parameter.type}) is missing',
                suggestions=(f"It is declared at {parameter.where}",),
            )
        else:
            where, scope, raw = parameter.where, declared_in, parameter.default
        title = f'{what}: parameter "{name}"'
        yield f"parameters.{name}", checked(parameter, raw, scope, where, title)


def checked(
    parameter: Parameter, raw: Any, scope: Scope, where: Where, title: str
) -> Any:
    """Return an argument filled in, or raise UserError if its type is wrong."""
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
        value = _as_text(value) if parameter.type == "string" else value
        fits = _fits(parameter, value)
    if fits:
        return value
    expected = f"of type {parameter.type}"
    if parameter.type == "enum":
        expected = f"one of {_listed(parameter.choices)}"
    raise error_at(where, f"{title}: must be {expected}, not {describe(value)}")


def _as_text(value: Any) -> Any:
    """Numbers pass for text, as on CircleCI: `version: [13.11, 12]` in a matrix."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else value


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "boolean":
        return isinstance(value, bool)
    if parameter.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if parameter.type == "enum":
        return _chosen(value, parameter.choices)
    if parameter.type == "env_var_name":
        return isinstance(value, str) and bool(_POSIX_NAME.fullmatch(value))
    return isinstance(value, str)


def _listed(choices: tuple[Any, ...]) -> str:
    return ", ".join(str(choice) for choice in choices)


def _chosen(value: Any, choices: tuple[Any, ...]) -> bool:
    return any(type(value) is type(choice) and value == choice for choice in choices)


def executor_value(raw: Any, scope: Scope, where: Where) -> Any:
    """Return `executor: x` or `executor: {name: x, …}` as an ExecutorValue."""
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
        raise error_at(where, "executor: a mapping needs the key name")
    return value
