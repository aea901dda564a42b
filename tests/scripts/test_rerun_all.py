"""`rerun_all` as a process: when it starts a run, and when it starts none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scripts.records import make_record, write_record
from tests.scripts.rerun_api import FROM_FAILED, FROM_START, RerunApi
from tests.scripts.rerun_job import RERUN, TOKEN, RunJob


@pytest.fixture
def api(rerun_api: RerunApi) -> RerunApi:
    """The server, under a shorter name."""
    return rerun_api


def test_a_partial_rerun_becomes_a_full_one(run_job: RunJob, api: RerunApi) -> None:
    """The last full run is rerun once from its start; the new run's link is printed."""
    done = run_job()
    assert api.posts == [(RERUN, {"from_failed": False}, TOKEN)]
    assert "https://app.circleci.com/pipelines/workflows/new" in done.stdout


def test_it_ends_red(run_job: RunJob) -> None:
    """The job fails even if it starts a run, so that it runs again in every rerun."""
    done = run_job()
    assert done.returncode == 1
    assert "fails on purpose" in done.stderr


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
    """In a full run nothing is started, and no token is needed."""
    write_record(
        tmp_path / "attempts", make_record(workflow_id="own", workspace_id="first")
    )
    done = run_job(CIRCLE_TOKEN="")
    assert (done.returncode, api.posts) == (1, [])
    assert done.stderr.startswith("Nothing was started: ")
    assert "this is a full run, so main failed for another reason" in done.stderr


def test_without_a_record_nothing_is_started(run_job: RunJob, api: RerunApi) -> None:
    """If the workspace has no record, the last full run is unknown."""
    done = run_job(CIRCLE_WORKFLOW_WORKSPACE_ID="other")
    assert (done.returncode, api.posts) == (1, [])
    assert (
        "the workspace contains no attempt record, so the last full run is unknown"
    ) in done.stderr


def test_with_the_guard_off_nothing_is_started(run_job: RunJob, api: RerunApi) -> None:
    """With the guard off, nothing is started."""
    done = run_job(DTE_RERUN_GUARD="off")
    assert (done.returncode, api.posts) == (1, [])
    assert "DTE_RERUN_GUARD is off, so partial reruns are allowed" in done.stderr


def test_without_a_token_nothing_is_started(run_job: RunJob, api: RerunApi) -> None:
    """Without a token, nothing is started, and the message says what to set."""
    done = run_job(CIRCLE_TOKEN="")
    assert (done.returncode, api.posts) == (1, [])
    assert "there is no token, so no rerun can be requested" in done.stderr
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
    """If another run is a newer full run, or may start one, its link is printed."""
    api.add("other", **other)  # type: ignore[arg-type]
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert says in done.stderr
    assert "/pipelines/workflows/other" in done.stderr


def test_other_workflows_are_no_obstacle(run_job: RunJob, api: RerunApi) -> None:
    """Other workflows, SSH reruns, and younger or ended partial reruns don't matter."""
    api.add("deploy", name="deploy", status="running", tag=FROM_START, second=60)
    api.add("ssh", status="running", tag="rerun-single-job-with-ssh", second=60)
    api.add("younger", status="running", tag=FROM_FAILED, second=120)
    api.add("ended", status="failed", tag=FROM_FAILED, second=60)
    run_job()
    assert len(api.posts) == 1


def test_a_full_run_that_has_not_ended(run_job: RunJob, api: RerunApi) -> None:
    """If the last full run has not ended, it isn't rerun: the API would refuse that."""
    api.runs = [run for run in api.runs if run["id"] != "first"]
    api.add("first", status="on_hold")
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert "has not ended: it is on_hold" in done.stderr


def test_automatic_reruns_start_one_full_run(
    run_job: RunJob, api: RerunApi, tmp_path: Path
) -> None:
    """Automatic reruns start at most one full run in a pipeline."""
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
    assert "an automatic rerun does not start a second full run" in done.stderr


def test_a_person_may_start_another(
    run_job: RunJob, api: RerunApi, tmp_path: Path
) -> None:
    """Each manual partial rerun may start another full run."""
    run_job()
    api.runs[0]["status"] = "failed"
    write_record(
        tmp_path / "attempts",
        make_record(workflow_id="new", workspace_id="first", attempt=2),
    )
    api.add("own2", status="failing", tag=FROM_FAILED, second=600)
    run_job(CIRCLE_WORKFLOW_ID="own2")
    assert len(api.posts) == 2


@pytest.mark.parametrize("status", [401, 404])
def test_a_list_that_can_t_be_had(run_job: RunJob, api: RerunApi, status: int) -> None:
    """If the pipeline can't be read, nothing is started."""
    api.get_status = status
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert f"answered {status}" in done.stderr


def test_a_list_without_sense(run_job: RunJob, api: RerunApi) -> None:
    """If the API's answer isn't a valid list of workflows, no rerun is started."""
    api.runs.append({"id": "x"})
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert "returned an unexpected answer" in done.stderr


def test_a_list_without_the_last_full_run(run_job: RunJob, api: RerunApi) -> None:
    """If CircleCI doesn't list the last full run, nothing is started."""
    api.runs = [run for run in api.runs if run["id"] != "first"]
    done = run_job()
    assert (done.returncode, api.posts) == (1, [])
    assert "no longer lists" in done.stderr
