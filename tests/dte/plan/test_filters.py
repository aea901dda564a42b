"""Filters of branches and tags, and the expressions that replace them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.compile.expressions import evaluate, truthy
from dte.compile.filter_expressions import as_expression
from dte.model import Where, WorkflowJob
from dte.plan.filters import select_jobs

HERE = Where("f", 1)


def runs(filters: dict[str, Any], branch: str, tag: str) -> bool:
    """Return whether a job with these filters runs for a branch or tag."""
    job = WorkflowJob("a", None, (), (), filters, HERE)
    return bool(select_jobs([job], branch=branch, tag=tag))


@pytest.mark.parametrize(
    ("filters", "expression"),
    [
        ({"branches": {"only": "main"}}, 'pipeline.git.branch == "main"'),
        (
            {"branches": {"only": ["main", "/^v[0-9]+$/"]}},
            'pipeline.git.branch == "main" or pipeline.git.branch matches /^v[0-9]+$/',
        ),
        (
            {"branches": {"ignore": "/.*/"}, "tags": {"only": "/^v.*/"}},
            "pipeline.git.tag matches /^v.*/",
        ),
        (
            {"branches": {"only": "a/b", "ignore": "x"}},
            'pipeline.git.branch == "a/b"',
        ),
        (
            {"branches": {"ignore": ["a", "/b/c/"]}},
            "(pipeline.git.branch and not "
            '(pipeline.git.branch == "a" or pipeline.git.branch matches /b\\/c/))',
        ),
        ({"tags": {"only": "/.*/"}}, "pipeline.git.branch or pipeline.git.tag"),
        (
            {"branches": {"only": "main"}, "tags": {"ignore": "/.*/"}},
            'pipeline.git.branch == "main"',
        ),
    ],
)
def test_the_expression(filters: dict[str, Any], expression: str) -> None:
    """Filters are converted to the shortest expression with the same result."""
    assert as_expression(filters) == expression


RULES = st.lists(
    st.sampled_from(
        ["main", "dev", "/.*/", "/^v.*/", "/d.v/", 'q"', "a\\\\b", "/a/b/"]
    ),
    max_size=2,
)
SIDE = st.fixed_dictionaries({}, optional={"only": RULES, "ignore": RULES})


@given(
    filters=st.fixed_dictionaries({}, optional={"branches": SIDE, "tags": SIDE}),
    name=st.sampled_from(["main", "dev", "v1", 'q"', "a\\\\b", "a/b", "x"]),
    tagged=st.booleans(),
)
def test_the_expression_lets_the_same_through(
    filters: dict[str, Any], name: str, tagged: bool
) -> None:
    """The expression allows the same branches and tags as the filters."""
    branch, tag = ("", name) if tagged else (name, "")
    values = {"pipeline.git.branch": branch, "pipeline.git.tag": tag}
    decided = truthy(evaluate(as_expression(filters), values.__getitem__))
    assert decided == runs(filters, branch, tag)


def test_a_tag_needs_a_filter() -> None:
    """A job runs for a tag only if its tag filter is not empty."""
    assert not runs({"tags": {}}, "", "v1")
    assert runs({"tags": {"ignore": "x"}}, "", "v1")
    assert not runs({}, "", "v1")
