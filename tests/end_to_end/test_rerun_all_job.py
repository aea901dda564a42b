"""`dte/rerun_all` in whole workflows, with the stand-in for CircleCI's API."""

from pathlib import Path

import pytest

from dte.order.faults import Failure, FaultPlan
from dte.plan.reruns import Assumptions
from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.fake_workflow import make_jobs, rehearse_jobs
from tests.end_to_end.faults.row import TASKS

pytestmark = pytest.mark.slow

MAIN_FAILS = FaultPlan(failures=(Failure("dte/main", TASKS),))
JOB = "dte/rerun_all"


def kinds(done: Rehearsed) -> list[tuple[str, str, int]]:
    """Return the kind, status and attempt (0: none) of each run."""
    return [(run.kind, run.status, run.attempt) for run in done.report.runs]


def test_it_does_not_run_when_main_passes(tmp_path: Path, fakes: Path) -> None:
    """If main passes, rerun_all doesn't run, and the workflow passes."""
    done = rehearse_jobs(tmp_path, make_jobs(rerun_all=True))
    assert done.report.runs[0].status == "success"
    assert JOB not in done.ran()


def test_a_genuine_failure_starts_nothing(tmp_path: Path, fakes: Path) -> None:
    """In a full run, rerun_all reports a genuine failure, and fails."""
    done = rehearse_jobs(tmp_path, make_jobs(rerun_all=True), faults=MAIN_FAILS)
    assert len(done.report.runs) == 1
    assert done.statuses()[JOB] == "failed"
    assert any("main failed for another reason" in line for line in done.lines(JOB))


@pytest.mark.parametrize(
    "keeps", [True, False], ids=["kept workspace", "new workspace"]
)
@pytest.mark.parametrize("returns", [True, False], ids=["returns", "doesn't return"])
def test_rerun_from_failed_becomes_a_full_run(
    tmp_path: Path, fakes: Path, keeps: bool, returns: bool
) -> None:
    """After a refused partial rerun, a full run starts automatically and passes.

    This holds under each assumption about the workspace's id and about passed jobs.
    """
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=("fix", "rerun-from-failed"),
        assumptions=Assumptions(
            from_start_keeps_workspace=keeps, passed_downstream_reruns=returns
        ),
    )
    assert [status for _, status, _ in kinds(done)] == ["failed", "failed", "success"]
    assert done.statuses(2)[JOB] == "failed"
    assert done.report.runs[2].id in " ".join(done.lines(JOB, 2))
    assert "dte/agent-1" in done.ran(3)
    assert "dte/main" in done.ran(3)


def test_it_works_in_the_next_rerun_too(tmp_path: Path, fakes: Path) -> None:
    """If the full run fails too, the next rerun from failed starts another full run."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=("rerun-from-failed", "fix", "rerun-from-failed"),
    )
    statuses = [status for _, status, _ in kinds(done)]
    assert statuses == ["failed", "failed", "failed", "failed", "success"]
    assert [attempt for _, _, attempt in kinds(done)] == [1, 0, 2, 0, 3]


def test_automatic_reruns_start_one_full_run(tmp_path: Path, fakes: Path) -> None:
    """With max_auto_reruns and a main that always fails, there are two full runs."""
    done = rehearse_jobs(
        tmp_path, make_jobs(rerun_all=True), faults=MAIN_FAILS, max_auto_reruns=3
    )
    full = [attempt for _, _, attempt in kinds(done) if attempt]
    assert full == [1, 2], kinds(done)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("api-down", "answered 503"),
        ("api-unauthorized", "answered 401"),
        ("api-garbage", "is not JSON"),
        ("api-refuses-reruns", "answered 400: This workflow can't be rerun any more."),
    ],
)
def test_an_api_that_fails_starts_nothing(
    tmp_path: Path, fakes: Path, fault: str, says: str
) -> None:
    """If the API fails, rerun_all prints the reason, fails, and starts no run."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=(f"fault:{fault}", "rerun-from-failed"),
    )
    assert len(done.report.runs) == 2
    assert done.statuses(2)[JOB] == "failed"
    assert any(says in line for line in done.lines(JOB, 2))


def test_an_expired_workspace_starts_nothing(tmp_path: Path, fakes: Path) -> None:
    """Without records, the last full run is unknown, and no run is started."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=("expire-workspace", "rerun-from-failed"),
    )
    assert len(done.report.runs) == 2
    assert any(
        "the workspace contains no attempt record" in line
        for line in done.lines(JOB, 2)
    )
