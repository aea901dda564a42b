"""With any answer of the API, the base is correct or the failure has a message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scripts.circleci_api import SLUG, Answer, Asked, FakeCircleCI, FakePipeline
from tests.scripts.repositories import Upstream
from tests.scripts.test_pipelines import JSON

from bases import NoBase, choose_base  # isort: skip
from builds import classify_build  # isort: skip
from circleci import ApiFailure, CircleCIClient  # isort: skip
from history import Clone  # isort: skip
from passed_revisions import Question, Search  # isort: skip
from pipelines import Rule  # isort: skip

TOKEN = "CCIPAT_0123456789abcdefghijkl_0123456789abcdef"
ANCESTORS = ("m5", "m4", "m3", "m2", "m1")


@pytest.fixture(scope="module")
def checkout(shop: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with the tip of main checked out."""
    return shop.clone(tmp_path_factory.mktemp("clone") / "project", "m6")


@pytest.fixture(scope="module")
def server(shop: Upstream) -> Iterator[FakeCircleCI]:
    """An API with a main branch on which some pipelines passed."""
    with FakeCircleCI() as circleci:
        circleci.own = FakePipeline(99, shop.commits["m6"])
        circleci.pipelines = [
            FakePipeline(number, shop.commits[name])
            for number, name in enumerate(("m3", "f2", "m5", "x2"), 1)
        ]
        circleci.page = 2
        yield circleci


def list_places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of a JSON value and of each value inside it."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    places = [place]
    for key, one in inner:
        places += list_places(one, (*place, key))
    return places


def replace_at(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a JSON value in which the value at the path `place` is `new`."""
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = replace_at(value[place[0]], place[1:], new)
    return copy


def spoil(draw: st.DataObject, body: bytes, revisions: list[str]) -> bytes:
    """Return the answer truncated, replaced, or with one of its values replaced."""
    how = draw.draw(st.sampled_from(["cut", "bytes", "json", "place", "place"]))
    if how == "cut":
        return body[: draw.draw(st.integers(0, len(body)))]
    if how == "bytes":
        return draw.draw(st.binary(max_size=60))
    if how == "json":
        return json.dumps(draw.draw(JSON)).encode()
    value = json.loads(body)
    place = draw.draw(st.sampled_from(list_places(value)))
    new = draw.draw(JSON | st.sampled_from([*revisions, TOKEN, "", "success", "main"]))
    return json.dumps(replace_at(value, place, new)).encode()


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(draw=st.data(), which=st.integers(0, 4))
def test_an_odd_answer_never_gives_a_wrong_base(
    shop: Upstream,
    checkout: Path,
    server: FakeCircleCI,
    draw: st.DataObject,
    which: int,
) -> None:
    """After an invalid answer, the base is an ancestor of HEAD, or the search fails."""
    server.asked.clear()
    kinds = (server.own.id if server.own else "", "/pipeline", "/workflow")
    ending = kinds[which % 3]
    seed = draw.draw(st.integers(0, 3))
    revisions = list(shop.commits.values())
    spoiled: dict[str, Answer] = {}

    def answer(asked: Asked) -> Answer | None:
        same = [one for one in server.asked if one.path.endswith(ending)]
        if asked.path.endswith(ending) and same.index(asked) == seed % 2:
            return spoiled["x"]
        return None

    page = {"items": [one.encode() for one in server.pipelines], "next_page_token": "a"}
    runs = [server.pipelines[0].runs[0].encode(server.pipelines[0])]
    own = server.own.encode() if server.own else {}
    good = (own, page, {"items": runs, "next_page_token": None})[which % 3]
    spoiled["x"] = Answer(200, spoil(draw, json.dumps(good).encode(), revisions))
    server.intercept = answer
    api = CircleCIClient(server.url, TOKEN, seconds=20, sleep=lambda seconds: None)
    slug = SLUG if which == 4 else ""
    search = Search(api, Question("main", Rule(), own.get("id", ""), slug))
    try:
        base = choose_base(
            classify_build(branch="main", tag="", main_branch="main"),
            clone=Clone(checkout, "origin"),
            head=shop.commits["m6"],
            base_branch="main",
            passed=search.find(),
        )
    except (NoBase, ApiFailure) as failure:
        assert TOKEN not in str(failure)  # noqa: PT017
    else:
        assert base.revision in [shop.commits[name] for name in ANCESTORS]
        assert TOKEN not in base.why
