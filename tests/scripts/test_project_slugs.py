"""The search uses the right project slug, and recognizes its own pipeline."""

from __future__ import annotations

import json

import pytest

from tests.scripts.circleci_api import (
    Answer,
    Asked,
    FakeCircleCI,
    FakePipeline,
    make_id,
)
from tests.scripts.searches import find, list_pipelines, make_revision

from circleci import ApiFailure  # isort: skip


@pytest.mark.parametrize(
    "slug", ["gh/acme/shop", "bb/acme/shop", "circleci/Q1w2/E3r4", "github/acme/a b"]
)
def test_the_slug_is_looked_up(circleci: FakeCircleCI, slug: str) -> None:
    """The project's slug is read from the current pipeline, with any VCS provider."""
    own = FakePipeline(9, make_revision(9))
    circleci.pipelines = list_pipelines(3, 2)

    def rename(asked: Asked) -> Answer | None:
        if not asked.path.endswith(own.id):
            return None
        return Answer(200, json.dumps({**own.encode(), "project_slug": slug}).encode())

    circleci.intercept = rename
    assert find(circleci, own_pipeline=own.id, slug="") == [2]
    page = circleci.list_asked(f"/api/v2/project/{slug}/pipeline")
    assert [asked.query for asked in page] == [{"branch": "main"}]


def test_the_slug_of_ids_stands_in(circleci: FakeCircleCI) -> None:
    """If the current pipeline can't be read, the project's slug is built from ids."""
    circleci.pipelines = list_pipelines(3, 2)
    assert find(circleci, own_pipeline=make_id("unknown"), slug="circleci/o/p") == [2]
    assert circleci.list_asked("/api/v2/project/circleci/o/p/pipeline")


def test_the_slug_of_ids_saves_a_round_trip(circleci: FakeCircleCI) -> None:
    """The current pipeline and the first page of the list are requested in parallel."""
    circleci.own = FakePipeline(9, make_revision(9))
    circleci.pipelines = list_pipelines(3, 2)
    circleci.seconds = 0.1
    assert find(circleci, own_pipeline=circleci.own.id, slug="circleci/o/p") == [2]
    assert circleci.list_asked("/project/circleci/o/p/pipeline")
    assert len(circleci.list_asked("/pipeline")) == 1


@pytest.mark.parametrize("answer", [Answer(404), Answer(200, b'{"items": []}')])
def test_an_unknown_slug_of_ids_does_no_harm(
    circleci: FakeCircleCI, answer: Answer
) -> None:
    """If the API doesn't accept the ids, the slug of the current pipeline is used."""
    circleci.own = FakePipeline(9, make_revision(9))
    circleci.pipelines = list_pipelines(3, 2)
    circleci.intercept = lambda asked: answer if "/circleci/o/p" in asked.path else None
    assert find(circleci, own_pipeline=circleci.own.id, slug="circleci/o/p") == [2]


def test_a_pipeline_that_lacks_its_revision_is_known_by_its_id(
    circleci: FakeCircleCI,
) -> None:
    """The running pipeline is ignored, even if its revision is unknown."""
    circleci.pipelines = list_pipelines(4, 2, 4)
    circleci.intercept = lambda asked: (
        Answer(404) if asked.path.endswith(make_id(4)) else None
    )
    assert find(circleci, own_pipeline=make_id(4)) == [2]


def test_a_pipeline_without_a_slug_is_an_odd_answer(circleci: FakeCircleCI) -> None:
    """Without a slug the search fails instead of guessing the project."""
    circleci.intercept = lambda asked: Answer(200, b'{"id": "x"}')
    with pytest.raises(ApiFailure, match="no project_slug"):
        find(circleci, own_pipeline="x", slug="")
