"""Partial reruns of a whole workflow, with each value of `partial_rerun`."""

from pathlib import Path
from typing import Any

import pytest

from dte.order.faults import Failure, FaultPlan
from tests.end_to_end.fake_workflow import make_jobs, read_nx, rehearse_jobs
from tests.end_to_end.faults.row import GUARD, TASKS
from tests.refusal import TWO_LINES

pytestmark = pytest.mark.slow

ALONE: dict[str, Any] = {"partial_rerun": "run_without_agents"}
MAIN_FAILS = FaultPlan(failures=(Failure("dte/main", TASKS),))


def test_main_runs_all_tasks_without_agents(tmp_path: Path, fakes: Path) -> None:
    """With `run_without_agents`, main's rerun passes without start-ci-run."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent=ALONE, main=ALONE),
        faults=MAIN_FAILS,
        then=("fix", "rerun-from-failed"),
    )
    assert done.ran(2) == ["dte/main"]
    assert done.statuses(2)["dte/main"] == "success"
    assert read_nx(fakes)[-1][-1] == "--no-agents"
    starts = [call for call in read_nx(fakes) if "start-ci-run" in call]
    assert len(starts) == 1
    assert any("runs all tasks itself" in line for line in done.lines("dte/main", 2))


def test_a_main_without_agents_stops_none(tmp_path: Path, fakes: Path) -> None:
    """If main fails in a run without agents, it stops no agents."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent=ALONE, main=ALONE),
        faults=MAIN_FAILS,
        then=("rerun-from-failed",),
    )
    assert done.statuses(2)["dte/main"] == "failed"
    assert read_nx(fakes).count(["nx-cloud", "stop-all-agents"]) == 1
    lines = done.lines("dte/main", 2)
    assert "No agents were stopped: this job ran without agents." in lines


def test_an_agent_that_reruns_alone_passes(tmp_path: Path, fakes: Path) -> None:
    """An agent that reruns alone passes without running a task."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent=ALONE, main=ALONE),
        faults=FaultPlan(failures=(Failure("dte/agent-1", "Run tasks for main"),)),
        then=("fix", "rerun-from-failed"),
    )
    assert done.ran(2) == ["dte/agent-1"]
    assert done.statuses(2)["dte/agent-1"] == "success"
    ran = [step.name for run, job, step in done.heard.steps if run == 2]
    skipped = [
        step.name
        for run, job, step in done.heard.steps
        if run == 2 and step.status == "skipped"
    ]
    assert GUARD in ran
    assert "Run tasks for main" in skipped


def test_off_continues_with_agents(tmp_path: Path, fakes: Path) -> None:
    """With `allow`, a partial rerun continues with agents and prints a warning."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent={"partial_rerun": "allow"}, main={"partial_rerun": "allow"}),
        faults=MAIN_FAILS,
        then=("fix", "rerun-from-failed"),
    )
    assert done.statuses(2)["dte/main"] == "success"
    assert "warning: partial_rerun is allow, so this job continues." in done.lines(
        "dte/main", 2
    )
    assert read_nx(fakes)[-1][-1] != "--no-agents"


@pytest.mark.parametrize("press", ["rerun-from-failed", "rerun:dte/main"])
def test_a_refused_main_downloads_and_stops_nothing(
    tmp_path: Path, fakes: Path, press: str
) -> None:
    """After a refusal, no package is downloaded to stop agents."""
    done = rehearse_jobs(tmp_path, make_jobs(), faults=MAIN_FAILS, then=("fix", press))
    assert done.job("dte/main", 2).failed_step == GUARD
    lines = done.lines("dte/main", 2)
    assert [line for line in lines if line in TWO_LINES] == list(TWO_LINES)
    assert not [line for line in lines if "agents were stopped" in line]
    assert read_nx(fakes).count(["nx-cloud", "stop-all-agents"]) == 1
