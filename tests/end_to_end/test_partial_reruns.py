"""Partial reruns of a whole workflow, by each choice of `partial_rerun`."""

from pathlib import Path
from typing import Any

import pytest

from dte.order.faults import Failure, FaultPlan
from tests.end_to_end.fake_workflow import (
    GUARD,
    TASKS,
    TWO_LINES,
    make_jobs,
    read_nx,
    rehearse_jobs,
)

ALONE: dict[str, Any] = {"partial_rerun": "run_without_agents"}
MAIN_FAILS = FaultPlan(failures=(Failure("dte/main", TASKS),))


def test_main_alone_does_all_the_work(tmp_path: Path, fakes: Path) -> None:
    """Rerun from failed with `run_without_agents`: main passes, and starts no run."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent=ALONE, main=ALONE),
        faults=MAIN_FAILS,
        then=("mend", "rerun-from-failed"),
    )
    assert done.ran(2) == ["dte/main"]
    assert done.statuses(2)["dte/main"] == "success"
    assert read_nx(fakes)[-1][-1] == "--no-agents"
    starts = [call for call in read_nx(fakes) if "start-ci-run" in call]
    assert len(starts) == 1
    assert any("runs all tasks itself" in line for line in done.lines("dte/main", 2))


def test_a_main_that_fails_alone_stops_nobody(tmp_path: Path, fakes: Path) -> None:
    """Where main worked alone there is nobody to stop, and its failure is red."""
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


def test_an_agent_that_came_back_alone_ends_green(tmp_path: Path, fakes: Path) -> None:
    """An agent that reran alone is halted before it checks anything out."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent=ALONE, main=ALONE),
        faults=FaultPlan(failures=(Failure("dte/agent-1", "Run tasks for main"),)),
        then=("mend", "rerun-from-failed"),
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


def test_off_goes_on_with_agents(tmp_path: Path, fakes: Path) -> None:
    """With `off` a partial rerun starts a run as if nothing was, and says so."""
    done = rehearse_jobs(
        tmp_path,
        make_jobs(agent={"partial_rerun": "off"}, main={"partial_rerun": "off"}),
        faults=MAIN_FAILS,
        then=("mend", "rerun-from-failed"),
    )
    assert done.statuses(2)["dte/main"] == "success"
    assert (
        "warning: partial_rerun is off, so this job goes on all the same;"
        in done.lines("dte/main", 2)
    )
    assert read_nx(fakes)[-1][-1] != "--no-agents"


@pytest.mark.parametrize("press", ["rerun-from-failed", "rerun:dte/main"])
def test_a_refused_main_downloads_and_stops_nothing(
    tmp_path: Path, fakes: Path, press: str
) -> None:
    """After a refusal no package is fetched to stop agents that nobody started."""
    done = rehearse_jobs(tmp_path, make_jobs(), faults=MAIN_FAILS, then=("mend", press))
    assert done.job("dte/main", 2).failed_step == GUARD
    lines = done.lines("dte/main", 2)
    assert [line for line in lines if line in TWO_LINES] == TWO_LINES
    refused = "No agents were stopped: this job was refused before it started a run."
    assert refused in lines
    assert read_nx(fakes).count(["nx-cloud", "stop-all-agents"]) == 1
