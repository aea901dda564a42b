"""`rerun_all` as a process: what it starts, when it starts nothing, and never twice."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scripts.records import RunScript, make_record, write_record
from tests.scripts.rerun_api import (
    FROM_FAILED,
    FROM_START,
    Play,
    RerunApi,
    answer,
    start,
    start_silently,
)

TOKEN = "CCIPAT_secret"
RERUN = "/api/v2/workflow/first/rerun"


@pytest.fixture
def api() -> Iterator[RerunApi]:
    """A pipeline whose full run `first` failed, and its partial rerun `own`."""
    with RerunApi() as server:
        server.add("first", second=0)
        server.add("own", status="failing", tag=FROM_FAILED, second=100)
        yield server


RunJob = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_job(run_script: RunScript, tmp_path: Path, api: RerunApi) -> RunJob:
    """Runs the script in the workflow `own`, which inherited the record of `first`."""
    write_record(
        tmp_path / "attempts", make_record(workflow_id="first", workspace_id="first")
    )

    def run(**env: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "CIRCLE_WORKFLOW_ID": "own",
            "CIRCLE_WORKFLOW_WORKSPACE_ID": "first",
            "CIRCLE_PIPELINE_ID": "pipeline",
            "CIRCLE_TOKEN": TOKEN,
            "DTE_ATTEMPTS": str(tmp_path / "attempts"),
            "DTE_API_URL": api.url,
        }
        done = run_script("rerun_all", {**variables, **env})
        assert TOKEN not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_a_partial_rerun_becomes_a_full_one(run_job: RunJob, api: RerunApi) -> None:
    """The last full run is started again, once, from its start, and linked to."""
    done = run_job()
    assert api.posts == [(RERUN, {"from_failed": False}, TOKEN)]
    assert "https://app.circleci.com/pipelines/workflows/new" in done.stdout


def test_it_ends_red(run_job: RunJob) -> None:
    """Also after a start it ends red, so that it comes back in any rerun."""
    done = run_job()
    assert done.returncode == 1
    assert "stays red" in done.stderr


def test_the_newest_of_several_full_runs_is_started(
    run_job: RunJob, api: RerunApi, tmp_path: Path
) -> None:
    """A partial rerun of attempt 2 starts the workflow of attempt 2 again."""
    api.add("second", tag=FROM_START, second=50)
    write_record(
        tmp_path / "attempts",
        make_record(workflow_id="second", workspace_id="first", attempt=2),
    )
    run_job()
    assert [path for path, _, _ in api.posts] == ["/api/v2/workflow/second/rerun"]


def test_a_genuine_failure_starts_nothing(
    run_job: RunJob, api: RerunApi, tmp_path: Path
) -> None:
    """In a full run main's failure is its own; no token is even needed to see that."""
    write_record(
        tmp_path / "attempts", make_record(workflow_id="own", workspace_id="first")
    )
    done = run_job(CIRCLE_TOKEN="")
    assert (done.returncode, api.posts) == (1, [])
    assert done.stderr.startswith("Nothing was started: this is a full run")


def test_without_a_record_nothing_is_started(run_job: RunJob, api: RerunApi) -> None:
    """Where the workspace has expired it can't be told what to start."""
    done = run_job(CIRCLE_WORKFLOW_WORKSPACE_ID="other")
    assert (done.returncode, api.posts) == (1, [])
    assert "no attempt record" in done.stderr


def test_with_the_guard_off_nothing_is_started(run_job: RunJob, api: RerunApi) -> None:
    """Somebody who debugs with the guard off does not want another run."""
    done = run_job(DTE_RERUN_GUARD="off")
    assert (done.returncode, api.posts) == (1, [])


def test_without_a_token_nothing_is_started(run_job: RunJob, api: RerunApi) -> None:
    """The message names the token, and where to put it."""
    done = run_job(CIRCLE_TOKEN="")
    assert (done.returncode, api.posts) == (1, [])
    assert "set CIRCLE_TOKEN" in done.stderr


OBSTACLES = [
    pytest.param({"tag": FROM_START, "second": 50}, "newer full run", id="full"),
    pytest.param(
        {"tag": FROM_START, "second": 200, "status": "running"},
        "newer full run",
        id="running full",
    ),
    pytest.param({"second": 60, "status": "running"}, "still running", id="unknown"),
    pytest.param(
        {"tag": FROM_FAILED, "second": 60, "status": "running"},
        "still running",
        id="older sibling",
    ),
]


@pytest.mark.parametrize(("other", "says"), OBSTACLES)
def test_another_run_is_enough(
    run_job: RunJob, api: RerunApi, other: dict[str, object], says: str
) -> None:
    """A newer full run, or one that may become it, is linked to; nothing is started."""
    api.add("other", **other)  # type: ignore[arg-type]
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert says in done.stderr
    assert "/pipelines/workflows/other" in done.stderr


def test_other_workflows_are_no_obstacle(run_job: RunJob, api: RerunApi) -> None:
    """Another workflow, an SSH rerun, a younger sibling and old reruns are let be."""
    api.add("deploy", name="deploy", status="running", tag=FROM_START, second=60)
    api.add("ssh", status="running", tag="rerun-single-job", second=60)
    api.add("younger", status="running", tag=FROM_FAILED, second=120)
    api.add("ended", status="failed", tag=FROM_FAILED, second=60)
    run_job()
    assert len(api.posts) == 1


def test_a_full_run_that_has_not_ended(run_job: RunJob, api: RerunApi) -> None:
    """What the API would refuse is not asked for."""
    api.runs = [run for run in api.runs if run["id"] != "first"]
    api.add("first", status="on_hold")
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert "has not ended: it is on_hold" in done.stderr


def test_automatic_reruns_start_one_full_run(
    run_job: RunJob, api: RerunApi, tmp_path: Path
) -> None:
    """However often CircleCI reruns by itself, a pipeline gets one full run more."""
    api.automatic = 1
    run_job()
    assert len(api.posts) == 1
    api.runs[0]["status"] = "failed"
    write_record(
        tmp_path / "attempts",
        make_record(workflow_id="new", workspace_id="first", attempt=2),
    )
    api.add("own2", status="failing", tag=FROM_FAILED, second=600)
    done = run_job(CIRCLE_WORKFLOW_ID="own2")
    assert (done.returncode, len(api.posts)) == (1, 1)
    assert "an automatic rerun starts no second full run" in done.stderr


def test_a_person_may_start_another(
    run_job: RunJob, api: RerunApi, tmp_path: Path
) -> None:
    """A person who presses Rerun again gets another full run."""
    run_job()
    api.runs[0]["status"] = "failed"
    write_record(
        tmp_path / "attempts",
        make_record(workflow_id="new", workspace_id="first", attempt=2),
    )
    api.add("own2", status="failing", tag=FROM_FAILED, second=600)
    run_job(CIRCLE_WORKFLOW_ID="own2")
    assert len(api.posts) == 2


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
    """A lost or odd answer: the new run is looked for, not asked for again."""
    api.plays = plays
    api.headers = {"Retry-After": "0"}
    done = run_job()
    assert len(api.posts) == posts
    assert "/pipelines/workflows/new" in done.stdout
    assert done.returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("status", [503, 0], ids=["503", "silence"])
def test_a_doubt_that_stays(run_job: RunJob, api: RerunApi, status: int) -> None:
    """Where none is seen after a while, it says so, and asks no second time."""
    api.plays = [answer(status) if status else lambda api: None]
    done = run_job()
    assert (done.returncode, len(api.posts), done.stdout) == (1, 1, "")
    assert "none is to be seen" in done.stderr
    assert "so that none is started twice" in done.stderr


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"message": "Workflow must be in a terminal state"}', "terminal state"),
        (400, b"\xff<html>", "answered 400"),
        (400, b'{"message": "x CCIPAT_secret"}', "answered 400"),
        (404, b"{}", "lets this token start nothing"),
        (401, b"{}", "set CIRCLE_TOKEN to a personal"),
    ],
)
def test_a_refusal_of_the_api(
    run_job: RunJob, api: RerunApi, status: int, body: bytes, says: str
) -> None:
    """What CircleCI refuses is said in its words, and is not asked for again."""
    api.plays = [answer(status, body)]
    done = run_job()
    assert (done.returncode, len(api.posts), done.stdout) == (1, 1, "")
    assert says in done.stderr


def test_429_does_not_go_on_for_ever(run_job: RunJob, api: RerunApi) -> None:
    """After three refusals for want of quiet it gives up."""
    api.plays = [answer(429)]
    api.headers = {"Retry-After": "0"}
    done = run_job()
    assert (done.returncode, len(api.posts)) == (1, 3)


@pytest.mark.parametrize("status", [401, 404])
def test_a_list_that_can_t_be_had(run_job: RunJob, api: RerunApi, status: int) -> None:
    """Where the pipeline can't be seen, nothing is started."""
    api.get_status = status
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert f"answered {status}" in done.stderr


def test_a_list_without_sense(run_job: RunJob, api: RerunApi) -> None:
    """An answer of another shape starts nothing."""
    api.runs.append({"id": "x"})
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert "unexpected shape" in done.stderr


def test_a_list_without_the_last_full_run(run_job: RunJob, api: RerunApi) -> None:
    """Where CircleCI doesn't list the last full run, nothing is started."""
    api.runs = [run for run in api.runs if run["id"] != "first"]
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert "no longer lists" in done.stderr
