"""A search of random pipelines finds the same as reading them one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scripts.circleci_api import FakeCircleCI, FakePipeline, Run
from tests.scripts.searches import make_revision, search
from tests.scripts.test_pipelines import (
    PARTIAL_RERUN,
    SSH_RERUN,
    STATUSES,
    passed_by_reference,
)

from pipelines import Rule  # isort: skip

RUNS = st.lists(
    st.tuples(
        st.sampled_from(["build", "deploy", "setup"]),
        st.sampled_from(STATUSES),
        st.sampled_from([None, None, "setup", PARTIAL_RERUN, SSH_RERUN]),
    ),
    max_size=3,
)
PIPELINES = st.lists(
    st.tuples(
        st.integers(0, 12), RUNS, st.sampled_from(["created", "created", "setup"])
    ),
    max_size=70,
)


def check_search(
    circleci: FakeCircleCI,
    drawn: list[tuple[int, list[tuple[str, str, str | None]], str]],
    own: int,
    rule: Rule,
) -> None:
    """Compare a search with reading the pipelines one by one."""
    pipelines = [
        FakePipeline(
            number,
            make_revision(revision) if revision else "",
            tuple(Run(*run[:2], second, run[2]) for second, run in enumerate(runs)),
            state=state,
        )
        for number, (revision, runs, state) in enumerate(drawn, 1)
    ]
    running = FakePipeline(len(pipelines) + 1, make_revision(own))
    expected: list[str] = []
    for pipeline in reversed(pipelines):
        counts = pipeline.revision and pipeline.state == "created"
        new = pipeline.revision not in (running.revision, *expected)
        runs = list(pipeline.runs)
        if counts and new and passed_by_reference(runs, rule.workflow, rule.statuses):
            expected.append(pipeline.revision)
    circleci.pipelines = [*pipelines, running]
    circleci.page = 3
    one = search(circleci, own_pipeline=running.id, rule=rule)
    assert [passed.revision for passed in one.find()] == expected


SEARCHES = given(
    drawn=PIPELINES,
    own=st.integers(1, 12),
    rule=st.builds(
        Rule,
        st.sampled_from(["", "build"]),
        st.frozensets(st.sampled_from(STATUSES[:3]), min_size=1),
    ),
)
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=15, deadline=None, suppress_health_check=SHARED)
@SEARCHES
def test_the_search_agrees_with_a_slow_one(
    circleci: FakeCircleCI, drawn: list[Any], own: int, rule: Rule
) -> None:
    """A search of random pipelines agrees with reading them one by one."""
    check_search(circleci, drawn, own, rule)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=SHARED)
@SEARCHES
def test_many_searches_agree_with_a_slow_one(
    circleci: FakeCircleCI, drawn: list[Any], own: int, rule: Rule
) -> None:
    """In many more random cases, a search agrees with reading pipelines one by one."""
    check_search(circleci, drawn, own, rule)
