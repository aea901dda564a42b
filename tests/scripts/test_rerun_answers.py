"""`rerun_all` handles each answer to its POST, and repeats the POST only after 429."""

from __future__ import annotations

import pytest

from tests.scripts.rerun_api import Play, RerunApi, answer, start, start_silently
from tests.scripts.rerun_job import RunJob


@pytest.fixture
def api(rerun_api: RerunApi) -> RerunApi:
    """The server, under a shorter name."""
    return rerun_api


@pytest.mark.parametrize(
    ("plays", "posts"),
    [
        ([start_silently], 1),
        ([answer(429), start], 2),
        ([lambda api: (start(api)[0], b"<html>")], 1),
        ([lambda api: (502, start(api)[1])], 1),
        ([lambda api: (start(api)[0], b'{"workflow_id": "../x"}')], 1),
        ([lambda api: (start(api)[0], b"[1]")], 1),
    ],
    ids=["silence", "429", "html", "502", "odd id", "list"],
)
def test_an_answer_that_is_lost(
    run_job: RunJob, api: RerunApi, plays: list[Play], posts: int
) -> None:
    """After a lost or invalid answer, the script finds the run that was started."""
    api.plays = plays
    api.headers = {"Retry-After": "0"}
    done = run_job()
    assert len(api.posts) == posts
    assert "/pipelines/workflows/new" in done.stdout
    assert done.returncode == 1


@pytest.mark.slow
def test_a_look_that_fails_is_not_the_last(run_job: RunJob, api: RerunApi) -> None:
    """A 404 during a check for the new run is ignored."""
    api.plays = [lambda api: (502, start(api)[1])]
    api.looks = [404, 404]
    done = run_job()
    assert len(api.posts) == 1
    assert "/pipelines/workflows/new" in done.stdout


@pytest.mark.slow
def test_looks_that_all_fail_end_in_the_doubt(run_job: RunJob, api: RerunApi) -> None:
    """If all checks for the new run fail, the error has the reason and a link."""
    api.plays = [lambda api: (502, start(api)[1])]
    api.looks = [404, 404, 404]
    done = run_job()
    assert (done.returncode, len(api.posts), done.stdout) == (1, 1, "")
    assert "but it answered 502, and no new run is visible" in done.stderr
    assert "The last check failed: " in done.stderr
    assert "answered 404" in done.stderr
    assert "/pipelines/workflows/first" in done.stderr


def test_more_quiet_than_it_waits_is_said(run_job: RunJob, api: RerunApi) -> None:
    """If Retry-After exceeds the time limit, the script fails at once with an error."""
    api.plays = [answer(429)]
    api.headers = {"Retry-After": "3600"}
    done = run_job()
    assert (done.returncode, len(api.posts)) == (1, 1)
    assert "asks to wait 3600 seconds, but this step stops after" in done.stderr
    assert "rerun the workflow from start later" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("status", [503, 0], ids=["503", "silence"])
def test_a_doubt_that_stays(run_job: RunJob, api: RerunApi, status: int) -> None:
    """If no new run appears, the script prints an error and sends no second POST."""
    api.plays = [answer(status) if status else lambda api: None]
    done = run_job()
    assert (done.returncode, len(api.posts), done.stdout) == (1, 1, "")
    assert "a full rerun was requested, but" in done.stderr
    assert "no new run is visible" in done.stderr
    assert "so that no second run starts" in done.stderr


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"message": "Workflow must be in a terminal state"}', "terminal state"),
        (400, b"\xff<html>", "answered 400"),
        (400, b'{"message": "x CCIPAT_secret"}', "answered 400"),
        (404, b"{}", "this token may not rerun workflows"),
        (401, b"{}", "set CIRCLE_TOKEN to a personal"),
    ],
)
def test_a_refusal_of_the_api(
    run_job: RunJob, api: RerunApi, status: int, body: bytes, says: str
) -> None:
    """A refusal by the API is explained, and the request is not repeated."""
    api.plays = [answer(status, body)]
    done = run_job()
    assert (done.returncode, len(api.posts), done.stdout) == (1, 1, "")
    assert says in done.stderr


def test_429_does_not_go_on_for_ever(run_job: RunJob, api: RerunApi) -> None:
    """After the API has answered 429 four times, the script fails."""
    api.plays = [answer(429)]
    api.headers = {"Retry-After": "0"}
    done = run_job()
    assert (done.returncode, len(api.posts)) == (1, 4)


def test_a_replaced_token_does_not_form_again(run_job: RunJob, api: RerunApi) -> None:
    """The reason is left out if redacting it would produce the token again."""
    api.plays = [answer(400, b'{"message": "n]xx"}')]
    done = run_job(CIRCLE_TOKEN="n]x")
    assert "answered 400" in done.stderr
    assert "n]x" not in done.stdout + done.stderr
