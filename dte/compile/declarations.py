"""Reads the parameters that jobs, commands, executors and pipelines declare.

Source: "Reusable config reference", section "Parameter types".
"""

from __future__ import annotations

from typing import Any

from dte.compile.namespace import Definition
from dte.compile.notes import Notes
from dte.compile.parameters import Parameter, chosen, listed
from dte.errors import Errors
from dte.model import Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, known_keys, shorten

TYPES = (
    "string",
    "boolean",
    "integer",
    "enum",
    "executor",
    "steps",
    "env_var_name",
)


def declared_by(definition: Definition) -> dict[str, Parameter]:
    """Return the parameters of a job, command or executor, which are read only once."""
    memo, body = definition.memo, definition.body
    if "parameters" not in memo:
        memo["parameters"] = declared(
            body.get("parameters"),
            body.where_is("parameters"),
            definition.title,
            definition.namespace.notes,
        )
    found: dict[str, Parameter] = memo["parameters"]
    return found


def declared(value: Any, where: Where, what: str, notes: Notes) -> dict[str, Parameter]:
    """Return the parameters that a `parameters:` mapping declares."""
    if value is None:
        return {}
    mapping = expect_map(value, where, f"{what}: parameters")
    errors, found = Errors(), {}
    for name, written in mapping.items():
        with errors.collect():
            found[name] = _declaration(
                name, written, mapping.where_is(name), what, notes
            )
    errors.raise_all()
    return found


def _declaration(
    name: str, value: Any, where: Where, what: str, notes: Notes
) -> Parameter:
    title = f'{what}: parameter "{shorten(name)}"'
    mapping = expect_map(value, where, title)
    known_keys(mapping, ("type", "default", "description", "enum"), title)
    kind = mapping.get("type")
    if kind not in TYPES:
        raise error_at(
            mapping.where_is("type"),
            f"{title}: type must be one of {', '.join(TYPES)}, not {describe(kind)}",
            suggestions=nearest(str(kind), TYPES, only_close=True)
            or ("Write type: string, if it is a string.",),
            code="type",
        )
    if not isinstance(mapping.get("description", ""), str | None):
        raise error_at(
            mapping.where_is("description"),
            f"{title}: description: must be a string",
            suggestions=("Write it as one string, in quotes.",),
            code="type",
        )
    return Parameter(
        name=name,
        type=kind,
        required="default" not in mapping,
        default=mapping.get("default"),
        choices=_choices(mapping, kind, title, notes),
        where=mapping.where_is("default") if "default" in mapping else where,
    )


def _choices(
    mapping: LocatedMap, kind: str, title: str, notes: Notes
) -> tuple[Any, ...]:
    if kind != "enum":
        if "enum" in mapping:
            # Published versions of the orb cypress-io/cypress have this key.
            notes.warn(
                "ignored",
                mapping.where_is("enum"),
                f"{title}: enum: has no effect on the type {kind}",
                ("Write type: enum.",),
            )
        return ()
    where = mapping.where_is("enum")
    choices = tuple(expect_list(mapping.get("enum"), where, f"{title}: enum"))
    if not choices:
        message = f"{title}: enum: needs at least one value"
        advice = ("Write its values: enum: [first, second]",)
        raise error_at(where, message, suggestions=advice, code="parameter")
    if not all(isinstance(choice, str | int | float) for choice in choices):
        message = f"{title}: enum: may contain only strings and numbers"
        advice = ("Write its values: enum: [first, second]",)
        raise error_at(where, message, suggestions=advice, code="type")
    default = mapping.get("default")
    template = isinstance(default, str) and "<<" in default
    if "default" in mapping and not template and not chosen(default, choices):
        raise error_at(
            mapping.where_is("default"),
            f"{title}: default: must be one of {listed(choices)}, "
            f"not {describe(default)}",
            suggestions=(f"Write default: {choices[0]}, or add the value to enum.",),
            code="parameter",
        )
    return choices
