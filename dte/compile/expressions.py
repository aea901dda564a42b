"""Evaluates expressions; `and` and `or` return the operand that decides the result.

Source: "Using expressions in your configuration" in the "Configuration reference".
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from dte.compile.expression_syntax import (
    EXAMPLE,
    Binary,
    ExpressionError,
    Literal,
    Matches,
    Name,
    Node,
    Not,
    names_in,
    parse,
)

__all__ = ["EXAMPLE", "ExpressionError", "evaluate", "names_of", "same", "truthy"]

Lookup = Callable[[str], Any]
_NUMERIC: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def evaluate(text: str, lookup: Lookup) -> Any:
    """Return the value of an expression; raises ExpressionError.

    `lookup` returns the value of a dotted name; its exceptions are not caught. It is
    called for every name, so an undeclared name is refused even in an operand that
    evaluation skips.
    """
    node = parse(text)
    if isinstance(node, Name):
        return lookup(node.text)
    known = {name: lookup(name) for name in names_in(node)}
    return _value(node, known)


def names_of(text: str) -> tuple[str, ...]:
    """Return the names that an expression uses; raises ExpressionError."""
    return tuple(names_in(parse(text)))


def truthy(value: Any) -> bool:
    """Return whether a value counts as true ("Logic statements")."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal; a boolean is never equal to a number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _value(node: Node, known: dict[str, Any]) -> Any:
    match node:
        case Literal(value):
            return value
        case Name(text):
            return known[text]
        case Not(operand):
            return not truthy(_value(operand, known))
        case Matches(operand, pattern):
            return pattern.matches(_text(_value(operand, known), "matches"))
        case Binary("and", left, right):
            value = _value(left, known)
            return _value(right, known) if truthy(value) else value
        case Binary("or", left, right):
            value = _value(left, known)
            return value if truthy(value) else _value(right, known)
    return _compare(node.operator, _value(node.left, known), _value(node.right, known))


def _compare(sign: str, left: Any, right: Any) -> bool:
    if sign == "==":
        return same(left, right)
    if sign == "!=":
        return not same(left, right)
    if sign == "starts-with":
        return _text(left, sign).startswith(_text(right, sign))
    for side in (left, right):
        if isinstance(side, bool) or not isinstance(side, int | float):
            message = f"{sign} compares numbers only"
            raise ExpressionError(message, "Compare strings with ==, != or matches.")
    return _NUMERIC[sign](left, right)


def _text(value: Any, sign: str) -> str:
    """Return an operand as a string; a value that this pipeline lacks is empty.

    CircleCI's own examples evaluate `pipeline.git.tag matches /^v.*/` on branches too.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise ExpressionError(f"{sign} compares strings only", "Compare numbers with ==.")
