"""Searches that use a test's server, and pipelines for that server."""

from __future__ import annotations

from typing import Any

from tests.scripts.circleci_api import SLUG, FakeCircleCI, FakePipeline, Run

from circleci import CircleCIClient  # isort: skip
from passed_revisions import Question, Search  # isort: skip
from pipelines import Rule  # isort: skip

RED = (Run(status="failed"),)


def make_revision(number: int) -> str:
    """Return the revision of the pipeline with this number."""
    return f"{number:040x}"


def list_pipelines(count: int, *green: int) -> list[FakePipeline]:
    """Return pipelines 1 to `count`, of which only `green` passed."""
    return [
        FakePipeline(
            number, make_revision(number), (Run(),) if number in green else RED
        )
        for number in range(1, count + 1)
    ]


def search(circleci: FakeCircleCI, seconds: float = 30, **question: Any) -> Search:
    """Return a search for main in a project whose slug is known."""
    asked = Question(**{"branch": "main", "rule": Rule(), "slug": SLUG, **question})
    return Search(CircleCIClient(circleci.url, seconds=seconds), asked)


def find(circleci: FakeCircleCI, **question: Any) -> list[int]:
    """Return the pipeline numbers of all revisions that a search finds."""
    found = search(circleci, **question).find()
    return [int(passed.revision, 16) for passed in found]
