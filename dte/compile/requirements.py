"""Reads `requires`, `filters` and `context` of a job in a workflow.

Source: "Configuration reference", section `workflows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dte.compile.budget import FILTERS, PATTERN
from dte.compile.conditions import expression_holds
from dte.compile.filter_expressions import as_expression
from dte.compile.notes import Notes
from dte.compile.templates import Scope, fill
from dte.compile.values import take_one, text_or_list
from dte.errors import Errors
from dte.model import FINAL_JOB_STATUSES, Where
from dte.parse import error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, known_keys, shorten
from dte.patterns import InvalidPattern, compile_pattern

STATUSES = (*FINAL_JOB_STATUSES, "terminal")
_EVERY = {"only": ["/.*/"]}
PASSES: Mapping[str, Any] = {"branches": _EVERY, "tags": _EVERY}
STOPS: Mapping[str, Any] = {"branches": {"ignore": ["/.*/"]}}


@dataclass(frozen=True)
class WrittenRequirement:
    """An item of `requires`, before its name is looked up.

    If ``group`` is set, only the jobs of this job group are searched.
    """

    name: str
    statuses: frozenset[str]
    where: Where
    group: str = ""


def read_requires(
    value: Any, scope: Scope, where: Where
) -> tuple[WrittenRequirement, ...]:
    """Return the items of a `requires:` list; raises UserError."""
    if value is None:
        return ()
    items = expect_list(value, where, "requires")
    scope.namespace.budget.expand(where, 2 * len(items))
    errors, found = Errors(), []
    for item, item_where in items.with_lines():
        with errors.collect():
            filled = fill(item, scope, item_where)
            found.append(_requirement(filled, item_where, scope.namespace.notes))
    errors.raise_all()
    _warn_of_repeats(found, scope.namespace.notes)
    return tuple(found)


def _warn_of_repeats(found: Sequence[WrittenRequirement], notes: Notes) -> None:
    first: dict[str, WrittenRequirement] = {}
    for item in found:
        if first.setdefault(item.name, item).statuses != item.statuses:
            notes.warn(
                "requires",
                item.where,
                f'requires: "{shorten(item.name)}" is listed twice, so these statuses '
                "are ignored",
                (f"Write one item: {shorten(item.name)}: [success, failed]",),
            )


def _requirement(item: Any, where: Where, notes: Notes) -> WrittenRequirement:
    if isinstance(item, str):
        return WrittenRequirement(item, frozenset({"success"}), where)
    if not isinstance(item, dict) or len(item) != 1:
        message = "requires: an item must be a job, or a job with statuses, not "
        raise error_at(
            where,
            message + describe(item),
            suggestions=("Write requires: [build, test: [success, failed]]",),
            code="requires",
        )
    ((name, written),) = item.items()
    statuses: set[str] = set()
    for status in written if isinstance(written, list) else [written]:
        if status not in STATUSES:
            raise error_at(
                where,
                f"requires: a status must be one of {', '.join(STATUSES)}, not "
                f"{describe(status)}",
                suggestions=nearest(str(status), STATUSES),
                code="requires",
            )
        statuses.update(FINAL_JOB_STATUSES if status == "terminal" else [status])
        if status == "terminal" and isinstance(written, list):
            notes.warn(
                "requires",
                where,
                "requires: the JSON schema allows terminal only outside of a list",
                (f"Write {shorten(name)}: terminal",),
            )
    if not statuses:
        message = f'requires: "{name}" needs at least one status'
        advice = (f"Write {name}: [success], or {name} alone.",)
        raise error_at(where, message, suggestions=advice, code="requires")
    return WrittenRequirement(name, frozenset(statuses), where)


def read_contexts(value: Any, scope: Scope, where: Where) -> tuple[str, ...]:
    """Return the names of the contexts that a job uses."""
    if value is None:
        return ()
    filled = fill(value, scope, where)
    names = filled if isinstance(filled, list) else [filled]
    scope.namespace.budget.expand(where, len(names))
    for name in names:
        if not isinstance(name, str):
            raise error_at(
                where,
                f"context: must be a string, not {describe(name)}",
                suggestions=("Write the names of contexts, in quotes if needed.",),
                code="type",
            )
    return tuple(names)


def read_filters(value: Any, scope: Scope, where: Where) -> Mapping[str, Any]:
    """Return the filters of a job: `branches` and `tags` with `only` and `ignore`.

    A filter that is an expression is evaluated here and returned as filters that allow
    every branch and tag, or none.
    """
    if value is None:
        return {}
    if isinstance(value, str):
        refuse_brackets(value, where)
        return PASSES if expression_holds(value, scope, where) else STOPS
    scope.namespace.budget.expand(where, FILTERS)
    filters = read_maps(value, scope, where)
    if filters:
        scope.namespace.notes.tell(
            "filters",
            value.where,  # all aliases of a mapping get only one note
            "filters of branches and tags are deprecated",
            (f"Write the expression: filters: {as_expression(filters)}",),
        )
    return filters


def refuse_brackets(text: str, where: Where) -> None:
    """Raise UserError if the expression of a filter contains `<<`."""
    if "<<" in text:
        plain = text.replace("<<", "").replace(">>", "").strip()
        raise error_at(
            where,
            "filters: write the expression without << >>",
            suggestions=(f"Write filters: {shorten(plain)}",),
            code="expression",
        )


def read_maps(value: Any, scope: Scope, where: Where) -> Mapping[str, Any]:
    """Return the filters of branches and tags, checked; raises UserError."""
    mapping = expect_map(value, where, "filters")
    known_keys(mapping, ("branches", "tags"), "filters")
    return {
        part: read_branches(
            mapping[part], scope, mapping.where_is(part), f"filters: {part}"
        )
        for part in mapping
        if mapping[part] is not None
    }


def read_branches(value: Any, scope: Scope, where: Where, title: str) -> dict[str, Any]:
    """Return `only` and `ignore` of branches or tags, checked; raises UserError."""
    rules = expect_map(value, where, title)
    known_keys(rules, ("only", "ignore"), title)
    return {
        rule: _patterns(rules[rule], scope, rules.where_is(rule), f"{title}: {rule}")
        for rule in rules
        if rules[rule] is not None
    }


def _patterns(value: Any, scope: Scope, where: Where, title: str) -> str | list[str]:
    patterns: str | list[str] = take_one(value, text_or_list, scope, where, title)
    scope.namespace.budget.expand(where, PATTERN)
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
            _check_pattern(pattern[1:-1], where)
    return patterns


def _check_pattern(pattern: str, where: Where) -> None:
    try:
        compile_pattern(pattern)
    except InvalidPattern as error:
        raise error_at(
            where,
            f"filters: the pattern /{shorten(pattern)}/ is invalid: {error}",
            suggestions=[error.advice],
            code="pattern",
        ) from error
