"""Expands a matrix into the combinations of its values.

Source: "Configuration reference", section `matrix`, and "Using matrix jobs".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from dte.compile import values
from dte.compile.expressions import same
from dte.compile.templates import Scope, fill, plain_text
from dte.model import Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import expect_list, expect_map, known_keys, shorten

# Users report this limit. CircleCI doesn't document it, so more jobs cause a warning.
REPORTED_LIMIT = 128
MAX_JOBS = 1_000
MATRIX_KEYS = ("parameters", "exclude", "alias")


@dataclass(frozen=True)
class Choice:
    """One value of a matrix, both filled in and as written."""

    value: Any
    written: Any
    where: Where


@dataclass(frozen=True)
class Combination:
    """One choice of values; ``suffix`` extends the name of a job without `name:`."""

    chosen: dict[str, Choice]
    suffix: str

    @property
    def names(self) -> dict[str, Any]:
        """The value of each `matrix.…` name."""
        return {f"matrix.{name}": choice.value for name, choice in self.chosen.items()}


@dataclass(frozen=True)
class Matrix:
    """An expanded matrix; ``alias`` names all its jobs in a `requires`."""

    combinations: tuple[Combination, ...]
    alias: str | None


def read_matrix(
    value: Any, known: Collection[str], scope: Scope, where: Where, what: str
) -> Matrix:
    """Return the matrix of a job that declares the `known` parameters."""
    title = f"{what}: matrix"
    matrix = expect_map(value, where, title)
    known_keys(matrix, MATRIX_KEYS, title)
    axes = _axes(matrix, known, scope, title)
    excluded = _excluded(matrix, list(axes), scope, title)
    count = math.prod(len(choices) for choices in axes.values())
    scope.namespace.budget.expand(where, count * len(excluded) // 20)
    combinations = tuple(_combine(axes, excluded))
    if not combinations:
        message = f"{title}: no combination is left"
        advice = ("Add values, or shorten exclude:",)
        raise error_at(where, message, suggestions=advice, code="matrix")
    taken = values.take(matrix, {"alias": values.text}, scope, title)
    return Matrix(combinations, taken.get("alias"))


def _axes(
    matrix: LocatedMap, known: Collection[str], scope: Scope, title: str
) -> dict[str, list[Choice]]:
    where = matrix.where_is("parameters")
    parameters = expect_map(matrix.get("parameters"), where, f"{title}: parameters")
    axes: dict[str, list[Choice]] = {}
    jobs = 1
    for name, written in parameters.items():
        item_where = parameters.where_is(name)
        if name not in known:
            message = f'{title}: unknown parameter "{shorten(name)}"'
            near = nearest(name, known) or ("It takes no parameters.",)
            raise error_at(item_where, message, suggestions=near, code="matrix")
        items = expect_list(written, item_where, f"{title}: {name}")
        axes[name] = [
            Choice(_value(item, scope, at), item, at) for item, at in items.with_lines()
        ]
        jobs *= len(axes[name])
        if jobs > MAX_JOBS:
            message = f"{title}: makes more than {MAX_JOBS:,} jobs"
            less = ("Remove values, or use parallelism.",)
            raise error_at(where, message, suggestions=less, code="limit")
    if jobs > REPORTED_LIMIT:
        text = f"{title}: makes {jobs:,} jobs, and CircleCI may take {REPORTED_LIMIT}"
        scope.namespace.notes.warn("matrix", where, text)
    if not axes:
        message = f"{title}: parameters: needs at least one"
        advice = nearest("", known) or ("Declare a parameter in the job.",)
        raise error_at(where, message, suggestions=advice, code="matrix")
    return axes


def _value(item: Any, scope: Scope, where: Where) -> Any:
    """Return a string filled in; return steps and executors as written."""
    return fill(item, scope, where) if isinstance(item, str) else item


def _excluded(
    matrix: LocatedMap, axes: list[str], scope: Scope, title: str
) -> list[dict[str, Any]]:
    excluded = []
    where = matrix.where_is("exclude")
    listed = matrix.get("exclude")
    if listed is None:
        return []
    for item, item_where in expect_list(
        listed, where, f"{title}: exclude"
    ).with_lines():
        arguments = expect_map(item, item_where, f"{title}: exclude")
        known_keys(arguments, axes, f"{title}: exclude")
        for name in axes:
            if name not in arguments:
                message = f'{title}: exclude: "{name}" is missing'
                advice = (f"Add {name}: with one of its values.",)
                raise error_at(item_where, message, suggestions=advice, code="matrix")
        excluded.append(fill(arguments, scope, item_where))
    return excluded


def _combine(
    axes: dict[str, list[Choice]], excluded: list[dict[str, Any]]
) -> Iterator[Combination]:
    for values_chosen in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values_chosen, strict=True))
        if any(
            all(same(choice.value, other[name]) for name, choice in chosen.items())
            for other in excluded
        ):
            continue
        # CircleCI sorts the values in a job's name by the names of their parameters.
        suffix = "".join(f"-{_shown(chosen[name].value)}" for name in sorted(chosen))
        yield Combination(chosen, suffix)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return plain_text(value) if isinstance(value, str | int | float) else "value"
