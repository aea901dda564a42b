"""Evaluates the logic statements of `when`, `unless` and `condition`.

Source: "Configuration reference", "Logic statements".
"""

from __future__ import annotations

import re
from typing import Any

from dte.compile.expressions import (
    EXAMPLE,
    ExpressionError,
    evaluate,
    names_of,
    same,
    truthy,
)
from dte.compile.templates import Scope, fill
from dte.errors import UserError
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, known_keys, shorten
from dte.patterns import InvalidPattern, compile_pattern

_MATCHES = "Write matches: {pattern: ^main$, value: << pipeline.git.branch >>}"
_OPERATORS = ("and", "or", "not", "equal", "matches")


def holds(statement: Any, scope: Scope, where: Where) -> bool:
    """Return whether a logic statement is true; raises UserError if it is invalid."""
    if isinstance(statement, LocatedList):
        raise _list_error(where)
    if isinstance(statement, LocatedMap):
        return _operator(statement, scope)
    if isinstance(statement, str):
        _warn_of_text(statement, scope, where)
    return truthy(fill(statement, scope, where))


def _warn_of_text(text: str, scope: Scope, where: Where) -> None:
    """Warn of a string that looks like an expression but is always true."""
    outside = re.sub(r"<<.*?>>", "", text, flags=re.DOTALL)
    if re.search(r"\b(pipeline|parameters)\.|[=!]=|\bmatches\b", outside):
        scope.namespace.notes.warn(
            "always-true",
            where,
            f'the condition "{shorten(text)}" is a string, which is always true',
            ("Put the whole expression between << and >>.",),
        )


def _warn_of_mapping(statement: LocatedMap, scope: Scope) -> None:
    """Warn of a mapping without an operator.

    Source: Configuration reference, "Logic statement syntax": values that it does
    not list as falsy are truthy. The JSON schema also allows such a mapping.
    """
    key = next(iter(statement))
    scope.namespace.notes.warn(
        "always-true",
        statement.where_is(key),
        f'"{key}" is not an operator, so the condition is always true',
        nearest(key, _OPERATORS),
    )


def holds_expression(statement: Any, scope: Scope, where: Where) -> bool:
    """Return whether a workflow's condition is true.

    A string that contains `pipeline.` but no `<<` is evaluated as an expression. Any
    other string without `<<` is true, unless it is empty.
    """
    bare = isinstance(statement, str) and "<<" not in statement
    if bare and "pipeline." in statement:
        return expression_holds(statement, scope, where)
    return holds(statement, scope, where)


def expression_holds(text: str, scope: Scope, where: Where) -> bool:
    """Return whether an expression without `<<` is true."""
    try:
        return truthy(evaluate(text, lambda name: scope.lookup(name, where)))
    except ExpressionError as error:
        raise _refused(text, error, where) from error


def check_expression(text: str, scope: Scope, where: Where) -> None:
    """Raise UserError if an expression is invalid, whatever its values are."""
    try:
        for name in names_of(text):
            scope.lookup(name, where)
    except ExpressionError as error:
        raise _refused(text, error, where) from error


def _refused(text: str, error: ExpressionError, where: Where) -> UserError:
    return error_at(
        where,
        f"{error}, in the expression {shorten(text.strip(), 200)}",
        suggestions=[error.advice or EXAMPLE],
        code="expression",
    )


def check_statement(statement: Any, where: Where) -> None:
    """Raise UserError if a logic statement is invalid, whatever its values are."""
    if isinstance(statement, LocatedList):
        raise _list_error(where)
    if not isinstance(statement, LocatedMap) or _is_true(statement):
        return
    operator, operand, item_where = _split(statement)
    if operator == "not":
        check_statement(operand, item_where)
    elif operator in ("and", "or"):
        for value, at in operand.with_lines():
            check_statement(value, at)


def _list_error(where: Where) -> UserError:
    return error_at(
        where,
        "a condition can't be a list; put the list under 'and' or 'or'",
        suggestions=("Write {and: [first, second]} or {or: [first, second]}",),
        code="condition",
    )


def _is_true(statement: LocatedMap) -> bool:
    """Return whether a mapping is true because it has keys but no operator."""
    return bool(statement) and not any(key in _OPERATORS for key in statement)


def _split(statement: LocatedMap) -> tuple[str, Any, Where]:
    """Return the operator, its checked operand, and the operator's position."""
    if len(statement) != 1:
        raise error_at(
            statement.where,
            f"a condition takes one of {', '.join(_OPERATORS)}",
            suggestions=("Join conditions in a list: and: [first, second]",),
            code="condition",
        )
    ((operator, operand),) = statement.items()
    where = statement.where_is(operator)
    if operator == "matches":
        mapping = expect_map(operand, where, "matches")
        known_keys(mapping, ("pattern", "value"), "matches")
        for key in ("pattern", "value"):
            if key not in mapping:
                raise error_at(
                    where,
                    f"matches: needs the key {key}",
                    suggestions=(_MATCHES,),
                    code="missing-key",
                )
    elif operator != "not" and not expect_list(operand, where, operator):
        message = f"{operator}: needs at least one condition"
        advice = (f"Write conditions: {operator}: [first, second]",)
        raise error_at(where, message, suggestions=advice, code="condition")
    return operator, operand, where


def _operator(statement: LocatedMap, scope: Scope) -> bool:
    if _is_true(statement):
        _warn_of_mapping(statement, scope)
        return True
    operator, operand, item_where = _split(statement)
    if operator == "not":
        return not holds(operand, scope, item_where)
    if operator == "matches":
        return _matches(operand, scope)
    operands = operand.with_lines()
    if operator == "equal":
        first, *others = [fill(value, scope, at) for value, at in operands]
        return all(same(first, other) for other in others)
    results = [holds(value, scope, at) for value, at in operands]
    return all(results) if operator == "and" else any(results)


def _matches(mapping: LocatedMap, scope: Scope) -> bool:
    texts = []
    for key in ("pattern", "value"):
        text = fill(mapping[key], scope, mapping.where_is(key))
        if text is None:
            text = ""
        if not isinstance(text, str):
            raise error_at(
                mapping.where_is(key),
                f"matches: {key} must be a string, not {describe(text)}",
                suggestions=(_MATCHES,),
                code="type",
            )
        texts.append(text)
    pattern, value = texts
    try:
        return compile_pattern(pattern).matches(value)
    except InvalidPattern as error:
        raise error_at(
            mapping.where_is("pattern"),
            f"matches: the pattern {shorten(pattern)} is invalid: {error}",
            suggestions=[error.advice],
            code="pattern",
        ) from error
