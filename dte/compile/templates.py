r"""Fills in `<< … >>`: parameters, pipeline values, matrix values, expressions.

A filled-in value is never parsed again, whatever the value contains. The escape `\<<`
stands for `<<` ("Configuration reference", "Reusable config reference").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dte.compile.event_values import DOCUMENTED, EVENT_VALUES
from dte.compile.expressions import EXAMPLE, ExpressionError, evaluate, truthy
from dte.compile.namespace import Definition, Namespace
from dte.compile.template_syntax import UNCLOSED, Expression, Part, split
from dte.errors import UserError
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, error_at, nearest
from dte.parse.expect import describe, shorten

_ESCAPE = r"'<<' must be escaped as '\<<' in config 2.1"
_LOOKS_MEANT = re.compile(r"<<[#^/]?\s*(parameters|pipeline|matrix|not|\()|<<\s*>>")


@dataclass(frozen=True)
class Scope:
    """The names that `<< … >>` may use at one point of a config.

    ``values`` maps dotted names (`parameters.tag`, `matrix.os`) to values; the
    namespace knows the pipeline's values, and the jobs, commands and executors by their
    local names. ``title`` is the scope's name in messages; ``trail`` contains the
    commands that are being expanded around the scope, the outermost command first.
    """

    title: str
    namespace: Namespace
    values: Mapping[str, Any] = field(default_factory=dict)
    trail: tuple[Definition, ...] = ()

    def lookup(self, name: str, where: Where) -> Any:
        """Return the value of a dotted name; raises UserError if there is none."""
        pipeline = self.namespace.pipeline
        for known in (self.values, pipeline):
            if name in known:
                return known[name]
        if name.startswith(EVENT_VALUES):
            self.namespace.notes.warn(
                "pipeline-value",
                where,
                f"<< {shorten(name)} >> is not a documented pipeline value, and is "
                "empty here",
                nearest(name, [known for known in pipeline if known in DOCUMENTED]),
            )
            return None
        raise error_at(
            where,
            f"{self.title}: << {shorten(name)} >> is not defined here",
            suggestions=self._suggestions(name),
            code="undeclared",
        )

    def _suggestions(self, name: str) -> tuple[str, ...]:
        if name.startswith("pipeline.parameters.") and self.namespace.prefix:
            return (
                "Since September 2026, an orb can't use pipeline parameters: declare a "
                "parameter in the orb, and pass the value to it.",
            )
        family = name.partition(".")[0] + "."
        known = [*self.values, *self.namespace.pipeline]
        relatives = [other for other in known if other.startswith(family)]
        if not relatives and family == "parameters.":
            return (f"{self.title} declares no parameters.",)
        if not relatives and family == "pipeline.":
            return ("Declare it under parameters: at the top of the config.",)
        if name.startswith("pipeline.parameters."):
            near = nearest(name, relatives, only_close=True)
            return (*near, "Declare it under parameters: at the top of the config.")
        return nearest(name, relatives) or (
            "Write << parameters.… >>, << pipeline.… >> or, in a matrix, "
            "<< matrix.… >>.",
        )


def fill_text(text: str, scope: Scope, where: Where) -> Any:
    """Return `text` filled in; if it is only `<< … >>`, the value keeps its type."""
    if "<<" not in text:
        return text
    scope.namespace.budget.expand_text(text, where)
    try:
        parts = split(text)
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        if len(parts) == 1 and isinstance(parts[0], Expression):
            return _value(parts[0].text, scope, where)
        return _joined(parts, scope, where)
    except ExpressionError as error:
        raise _refused(text, error, scope, where) from error


def _refused(
    text: str, error: ExpressionError, scope: Scope, where: Where
) -> UserError:
    advice = [error.advice or EXAMPLE]
    if str(error) == UNCLOSED or not _LOOKS_MEANT.search(text):
        advice = [_ESCAPE]
    return error_at(
        where,
        f'{scope.title}: {error} in "{shorten(text)}"',
        suggestions=advice,
        code="expression",
    )


def _joined(parts: tuple[Part, ...], scope: Scope, where: Where) -> str:
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Expression):
            pieces.append(_embed(_value(part.text, scope, where), where))
        elif truthy(_value(part.name, scope, where)) is not part.inverted:
            pieces.append(_joined(part.parts, scope, where))
    scope.namespace.budget.write(sum(map(len, pieces)), where)
    return "".join(pieces)


def _value(expression: str, scope: Scope, where: Where) -> Any:
    # A parameter's name may contain characters that no expression can, such as +.
    if expression in scope.values:
        return scope.values[expression]
    return evaluate(expression, lambda name: scope.lookup(name, where))


def _embed(value: Any, where: Where) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return plain_text(value)
    raise error_at(
        where,
        f"{describe(value)} can't be embedded in text",
        suggestions=("Write << … >> alone as the whole value.",),
        code="type",
    )


def plain_text(value: str | float) -> str:
    """Return a scalar as CircleCI writes it into a string: `true`, not `True`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def fill(value: Any, scope: Scope, where: Where) -> Any:
    """Return `value` with every string in it filled in, as plain data."""
    if isinstance(value, str):
        return fill_text(value, scope, where)
    if isinstance(value, LocatedMap):
        scope.namespace.budget.write(len(value), where)
        return {
            _key(key, scope, value.where_is(key)): fill(
                item, scope, value.where_is(key)
            )
            for key, item in value.items()
        }
    if isinstance(value, LocatedList):
        scope.namespace.budget.write(len(value), where)
        return [
            fill(item, scope, item_where) for item, item_where in value.with_lines()
        ]
    return float(value) if isinstance(value, float) else value


def _key(key: str, scope: Scope, where: Where) -> str:
    filled = fill_text(key, scope, where)
    return filled if isinstance(filled, str) else _embed(filled, where)
