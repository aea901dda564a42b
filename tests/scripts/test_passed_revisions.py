"""Searching a branch's pipelines: order, limits, and parallel requests."""

from __future__ import annotations

import json
import threading
import time

import pytest

from tests.scripts.circleci_api import (
    PAGE,
    SLUG,
    Answer,
    Asked,
    FakeCircleCI,
    FakePipeline,
    Run,
    make_id,
)
from tests.scripts.searches import find, list_pipelines, make_revision, search

from circleci import ApiFailure  # isort: skip
from passed_revisions import (  # isort: skip
    MOST_PAGES,
    MOST_REVISIONS,
    REQUESTS_AT_ONCE,
    collect_passed,
)


def test_the_newest_comes_first(circleci: FakeCircleCI) -> None:
    """Revisions are found newest first across pages, in any order of the answers."""
    circleci.pipelines = list_pipelines(50, 49, 30, 12, 3)
    delays = {make_id(49): 0.15, make_id(30): 0.05}

    def dawdle(asked: Asked) -> None:
        time.sleep(delays.get(asked.path.split("/")[4], 0))

    circleci.intercept = dawdle
    assert find(circleci) == [49, 30, 12, 3]


def test_where_a_revision_passed_is_told(circleci: FakeCircleCI) -> None:
    """Each revision has its pipeline's number and a link to the passed workflow."""
    circleci.pipelines = list_pipelines(3, 2)
    passed = next(search(circleci).find())
    workflow_id = circleci.pipelines[1].runs[0].encode(circleci.pipelines[1])["id"]
    assert passed.where == (
        f"pipeline 2, https://app.circleci.com/pipelines/workflows/{workflow_id}"
    )


def test_the_running_pipeline_never_counts(circleci: FakeCircleCI) -> None:
    """The current pipeline and others of the same revision are ignored."""
    circleci.pipelines = list_pipelines(4, 1, 2, 3, 4)
    again = FakePipeline(5, make_revision(4))
    circleci.pipelines.append(again)
    assert find(circleci, own_pipeline=again.id) == [3, 2, 1]


def test_a_revision_that_passed_twice_is_given_once(circleci: FakeCircleCI) -> None:
    """A revision that passed twice is listed once."""
    circleci.pipelines = [
        FakePipeline(number, make_revision(number // 2)) for number in range(2, 8)
    ]
    assert find(circleci) == [3, 2, 1]


def test_a_pipeline_without_a_revision_is_skipped_and_said(
    circleci: FakeCircleCI,
) -> None:
    """A pipeline without a revision can't be a base, and the log names it."""
    circleci.pipelines = [FakePipeline(1, make_revision(1)), FakePipeline(2, "")]
    one = search(circleci)
    assert len(list(one.find())) == 1
    assert "Skipped because they have no revision: 2." in one.describe()


def test_workflows_over_several_pages_are_all_read(circleci: FakeCircleCI) -> None:
    """The newest of many reruns counts, whichever page CircleCI lists it on."""
    runs = tuple(Run(status="failed", second=number) for number in range(45))
    green = FakePipeline(1, make_revision(1), (*runs, Run(second=99)))
    red = FakePipeline(2, make_revision(2), (Run(), *runs))
    circleci.pipelines = [green, red]
    assert find(circleci) == [1]


def test_requests_run_side_by_side_but_not_all_at_once(circleci: FakeCircleCI) -> None:
    """The number of parallel requests reaches its limit and never exceeds it."""
    circleci.pipelines = list_pipelines(200)
    full = threading.Event()

    def hold(asked: Asked) -> None:
        if asked.path.endswith("/workflow"):
            if circleci.at_once >= REQUESTS_AT_ONCE:
                full.set()
            assert full.wait(20), "too few requests arrived together"
            time.sleep(0.03)  # a request beyond the limit would arrive meanwhile

    circleci.intercept = hold
    assert find(circleci) == []
    assert circleci.most_at_once == REQUESTS_AT_ONCE > PAGE


def test_the_search_ends_after_the_stated_pages(
    circleci: FakeCircleCI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search stops at its page limit, which the log names."""
    monkeypatch.setattr("passed_revisions.MOST_PAGES", 3)
    circleci.pipelines = list_pipelines(PAGE * 3 + 5, 2)
    one = search(circleci)
    assert list(one.find()) == []
    assert len(circleci.list_asked(f"/project/{SLUG}/pipeline")) == 3
    assert "The search ends after 3 pages." in one.describe()


def test_300_pipelines_back_is_within_the_stated_pages() -> None:
    """The page limit covers at least 300 pipelines."""
    assert MOST_PAGES * PAGE >= 300


def test_a_server_that_repeats_its_pages_is_no_loop(circleci: FakeCircleCI) -> None:
    """A pipeline on two pages is requested once."""
    circleci.pipelines = list_pipelines(3)
    page = [pipeline.encode() for pipeline in circleci.pipelines]

    def repeat(asked: Asked) -> Answer | None:
        if not asked.path.endswith(f"{SLUG}/pipeline"):
            return None
        return Answer(200, json.dumps({"items": page, "next_page_token": "x"}).encode())

    circleci.intercept = repeat
    assert find(circleci) == []
    assert len(circleci.list_asked("/workflow")) == 3


def test_the_first_answer_that_decides_ends_the_search(circleci: FakeCircleCI) -> None:
    """The newest passed revision is returned before answers about older pipelines."""
    circleci.pipelines = list_pipelines(100, 99)
    released = threading.Event()

    def hold(asked: Asked) -> None:
        if asked.query.get("page-token"):
            released.wait(20)
        slow = asked.path.endswith("/workflow") and make_id(99) not in asked.path
        if slow and make_id(100) not in asked.path:
            released.wait(20)

    circleci.intercept = hold
    found = search(circleci).find()
    assert int(next(found).revision, 16) == 99
    del found
    released.set()
    assert len(circleci.list_asked("/pipeline")) <= 2


def test_a_record_gets_ten_revisions(circleci: FakeCircleCI) -> None:
    """The attempt job keeps the ten newest revisions that passed."""
    circleci.pipelines = list_pipelines(60, *range(1, 61))
    found = [int(one.revision, 16) for one in collect_passed(search(circleci))]
    assert found == list(range(60, 60 - MOST_REVISIONS, -1))


@pytest.mark.parametrize(("branch", "first"), [("main", 4), ("", 29)])
def test_a_rerun_of_an_older_pipeline(
    circleci: FakeCircleCI, branch: str, first: int
) -> None:
    """Newer pipelines are skipped only if the current one is on the searched branch."""
    circleci.pipelines = list_pipelines(30, 3, 4, *range(6, 30))
    circleci.own = FakePipeline(5, make_revision(5), branch=branch)
    found = [
        int(one.revision, 16)
        for one in collect_passed(search(circleci, own_pipeline=make_id(5)))
    ]
    assert found[0] == first


def test_a_record_does_not_search_on_once_it_has_one(circleci: FakeCircleCI) -> None:
    """If many pipelines follow the first passed revision on its page, no later pages
    are used."""
    circleci.pipelines = list_pipelines(300, 295, 290, 20, 10)
    found = [int(one.revision, 16) for one in collect_passed(search(circleci))]
    assert found == [295, 290]
    assert len(circleci.list_asked(f"{SLUG}/pipeline")) <= 3


def test_a_record_looks_one_page_further(circleci: FakeCircleCI) -> None:
    """If the first passed revision is near the end of a page, one more page is used,
    because a force push may have removed the newest revisions."""
    circleci.pipelines = list_pipelines(100, 85, 75, 61, 60, 55)
    found = [int(one.revision, 16) for one in collect_passed(search(circleci))]
    assert found == [85, 75, 61]


def test_a_record_that_finds_late_looks_one_page_further_from_there(
    circleci: FakeCircleCI,
) -> None:
    """Only one more page is used after the page of the first passed revision."""
    circleci.pipelines = list_pipelines(200, 130, 115, 90, 10)
    slow = make_id(130)
    circleci.intercept = lambda asked: time.sleep(0.2 if slow in asked.path else 0)
    found = [int(one.revision, 16) for one in collect_passed(search(circleci))]
    assert found == [130, 115]


def test_a_further_page_that_fails_costs_nothing(circleci: FakeCircleCI) -> None:
    """If the additional page fails, the revisions found before are returned first."""
    circleci.pipelines = list_pipelines(60, 45)
    circleci.intercept = lambda asked: (
        Answer(404) if asked.query.get("page-token") else None
    )
    found = collect_passed(search(circleci))
    assert int(next(found).revision, 16) == 45
    with pytest.raises(ApiFailure, match="answered 404"):
        next(found)


def test_a_page_that_fails_hides_nothing_older(circleci: FakeCircleCI) -> None:
    """If a page can't be read, the search first returns revisions of earlier pages."""
    circleci.pipelines = list_pipelines(60, 45)
    circleci.intercept = lambda asked: (
        Answer(404) if asked.query.get("page-token") else None
    )
    found = search(circleci).find()
    assert int(next(found).revision, 16) == 45
    with pytest.raises(ApiFailure, match="answered 404"):
        next(found)


def test_workflows_that_can_t_be_read_end_the_search(circleci: FakeCircleCI) -> None:
    """If a pipeline's result is unknown, no older revision is returned."""
    circleci.pipelines = list_pipelines(9, 8, 3)
    circleci.intercept = lambda asked: (
        Answer(200, b'{"items": [{}]}') if make_id(5) in asked.path else None
    )
    found = search(circleci).find()
    assert int(next(found).revision, 16) == 8
    with pytest.raises(ApiFailure, match="lacks its name, status, or created_at"):
        next(found)


def test_the_budget_ends_a_slow_search(circleci: FakeCircleCI) -> None:
    """After its time limit the search ends with a message."""
    circleci.pipelines = list_pipelines(3)
    circleci.intercept = lambda asked: time.sleep(1.5)
    with pytest.raises(ApiFailure, match=r"did not answer all requests within 0\.3 s"):
        list(search(circleci, seconds=0.3).find())


def test_the_budget_is_for_asking_alone(
    circleci: FakeCircleCI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time that the caller spends between two revisions doesn't count toward the
    search's time limit, and a failed request is repeated during that time."""
    real, worked = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + worked[0])
    circleci.pipelines = list_pipelines(40, 38, 2)
    circleci.page = 4
    released = threading.Event()

    def fail_late(asked: Asked) -> Answer | None:
        if released.is_set() or not asked.query.get("page-token"):
            return None
        assert released.wait(20)
        return Answer(503)

    circleci.intercept = fail_late
    found = search(circleci).find()
    assert int(next(found).revision, 16) == 38
    before, end = len(circleci.asked), real() + 20
    worked[0] += 1000
    released.set()
    while len(circleci.asked) <= before:
        assert real() < end, "the request was not tried again"
        time.sleep(0.01)
    assert [int(passed.revision, 16) for passed in found] == [2]
