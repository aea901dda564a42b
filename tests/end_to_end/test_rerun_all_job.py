"""`dte/rerun_all` in whole workflows, against the rehearsal's API of CircleCI."""

from pathlib import Path

import pytest

from dte.order.faults import Failure, FaultPlan
from dte.plan.reruns import Assumptions
from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.fake_workflow import TASKS, make_jobs, rehearse_jobs

MAIN_FAILS = FaultPlan(failures=(Failure("dte/main", TASKS),))
JOB = "dte/rerun_all"


def kinds(done: Rehearsed) -> list[tuple[str, str, int]]:
    """Each run: what started it, how it ended, and its attempt (0: none)."""
    return [(run.kind, run.status, run.attempt) for run in done.report.runs]


def test_it_does_not_run_when_main_passes(tmp_path: Path, fakes: Path) -> None:
    """A green main leaves the job out, and the workflow is green."""
    done = rehearse_jobs(tmp_path, make_jobs(rerun_all=True))
    assert done.report.runs[0].status == "success"
    assert JOB not in done.ran()


def test_a_genuine_failure_starts_nothing(tmp_path: Path, fakes: Path) -> None:
    """In a full run it says that the failure is main's own, and ends red."""
    done = rehearse_jobs(tmp_path, make_jobs(rerun_all=True), faults=MAIN_FAILS)
    assert len(done.report.runs) == 1
    assert done.statuses()[JOB] == "failed"
    assert any("main's failure is its own" in line for line in done.lines(JOB))


@pytest.mark.parametrize(
    "keeps", [True, False], ids=["kept workspace", "new workspace"]
)
@pytest.mark.parametrize("returns", [True, False], ids=["returns", "stays away"])
def test_rerun_from_failed_becomes_a_full_run(
    tmp_path: Path, fakes: Path, keeps: bool, returns: bool
) -> None:
    """The partial rerun is refused, a full run follows by itself, and it passes.

    Whatever CircleCI does with the workspace's id and with jobs that passed.
    """
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=("mend", "rerun-from-failed"),
        assumptions=Assumptions(
            from_start_keeps_workspace=keeps, passed_downstream_reruns=returns
        ),
    )
    assert [status for _, status, _ in kinds(done)] == ["failed", "failed", "success"]
    assert done.statuses(2)[JOB] == "failed"
    assert done.report.runs[2].id in " ".join(done.lines(JOB, 2))
    assert "dte/agent-1" in done.ran(3)
    assert "dte/main" in done.ran(3)


def test_it_comes_back_in_the_next_rerun(tmp_path: Path, fakes: Path) -> None:
    """The full run failed again; the next rerun from failed becomes a full run too."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=("rerun-from-failed", "mend", "rerun-from-failed"),
    )
    statuses = [status for _, status, _ in kinds(done)]
    assert statuses == ["failed", "failed", "failed", "failed", "success"]
    assert [attempt for _, _, attempt in kinds(done)] == [1, 0, 2, 0, 3]


def test_automatic_reruns_start_one_full_run(tmp_path: Path, fakes: Path) -> None:
    """With max_auto_reruns and a main that always fails there are two full runs."""
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
    """It ends red with what the API said, and no run is started."""
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
    """Without records it can't be told what was the last full run, and it says so."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(rerun_all=True),
        faults=MAIN_FAILS,
        then=("expire-workspace", "rerun-from-failed"),
    )
    assert len(done.report.runs) == 2
    assert any("no attempt record came" in line for line in done.lines(JOB, 2))
