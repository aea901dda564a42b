r"""Fills `<< … >>` in: parameters, pipeline values, matrix values, expressions.

A filled-in value is never parsed again, whatever it contains. The
escape `\<<` stands for `<<` ("Configuration reference", "Reusable config
reference").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dte.compile.expressions import ExpressionError, evaluate
from dte.compile.namespace import Namespace
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, error_at, nearest
from dte.parse.expect import describe, shorten

_UNCLOSED = "Unclosed '<<' tag"
_ESCAPE = (r"'<<' must be escaped as '\<<' in config 2.1",)
_PART = re.compile(r"\\<<|<<(.*?)>>|<<", re.DOTALL)


@dataclass(frozen=True)
class Scope:
    """The names that `<< … >>` may use at one point of a config.

    ``values`` maps dotted names (`parameters.tag`, `matrix.os`) to values; the
    namespace knows the pipeline's and says what jobs, commands and executors are
    called here. ``title`` says whose scope it is.
    """

    title: str
    namespace: Namespace
    values: Mapping[str, Any] = field(default_factory=dict)

    def lookup(self, name: str, where: Where) -> Any:
        """Return the value of a dotted name; raises UserError if there is none."""
        pipeline = self.namespace.pipeline
        for known in (self.values, pipeline):
            if name in known:
                return known[name]
        if name.startswith(_EVENT_VALUES):
            return None
        raise error_at(
            where,
            f"{self.title}: << {shorten(name)} >> is not defined here",
            suggestions=self._suggestions(name),
        )

    def _suggestions(self, name: str) -> tuple[str, ...]:
        if name.startswith("pipeline.parameters.") and self.namespace.prefix:
            return ("An orb sees no pipeline parameters: pass it in as a parameter.",)
        family = name.partition(".")[0] + "."
        known = [*self.values, *self.namespace.pipeline]
        relatives = [other for other in known if other.startswith(family)]
        if not relatives and family == "parameters.":
            return (f"{self.title} declares no parameters.",)
        return nearest(name, relatives)


# Set by events that a rehearsal has no part in; empty otherwise, as on CircleCI.
_EVENT_VALUES = (
    "pipeline.deploy.",
    "pipeline.event.",
    "pipeline.schedule.",
    "pipeline.trigger.",
    "pipeline.trigger_parameters.",
)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[tuple[bool, str], ...]:
    """Return the parts of a text: (False, literal) and (True, expression)."""
    parts: list[tuple[bool, str]] = []
    literal, position = "", 0
    for match in _PART.finditer(text):
        literal += text[position : match.start()]
        position = match.end()
        if match[0] == "\\<<":
            literal += "<<"
        elif match[1] is None:
            raise ExpressionError(_UNCLOSED)
        else:
            if literal:
                parts.append((False, literal))
                literal = ""
            parts.append((True, match[1].strip()))
    literal += text[position:]
    if literal or not parts:
        parts.append((False, literal))
    return tuple(parts)


def fill_text(text: str, scope: Scope, where: Where) -> Any:
    """Return `text` filled in; a lone `<< … >>` keeps its value's type."""
    if "<<" not in text:
        return text
    try:
        parts = _split(text)
        if len(parts) == 1:
            is_expression, part = parts[0]
            return _value(part, scope, where) if is_expression else part
        return "".join(
            _embed(_value(part, scope, where), where) if is_expression else part
            for is_expression, part in parts
        )
    except ExpressionError as error:
        raise error_at(
            where,
            f'{scope.title}: {error} in "{shorten(text)}"',
            suggestions=_ESCAPE if str(error) == _UNCLOSED else (),
        ) from error


def _value(expression: str, scope: Scope, where: Where) -> Any:
    return evaluate(expression, lambda name: scope.lookup(name, where))


def _embed(value: Any, where: Where) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return plain_text(value)
    raise error_at(where, f"{describe(value)} can't be embedded in text")


def plain_text(value: str | float) -> str:
    """Return a scalar as CircleCI writes it into text: `true`, not `True`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def fill(value: Any, scope: Scope, where: Where) -> Any:
    """Return `value` with every text in it filled in, as plain data."""
    if isinstance(value, str):
        return fill_text(value, scope, where)
    if isinstance(value, LocatedMap):
        return {
            _key(key, scope, value.where_is(key)): fill(
                item, scope, value.where_is(key)
            )
            for key, item in value.items()
        }
    if isinstance(value, LocatedList):
        return [
            fill(item, scope, item_where) for item, item_where in value.with_lines()
        ]
    return value


def _key(key: str, scope: Scope, where: Where) -> str:
    filled = fill_text(key, scope, where)
    return filled if isinstance(filled, str) else _embed(filled, where)
