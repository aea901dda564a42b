"""Partial reruns with real Nx, with and without the guard."""

from pathlib import Path

import pytest

from dte.nx_cloud import TaskExecution
from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.sample_workspace import FAILING, make_config, rehearse_sample
from tests.refusal import TWO_LINES

pytestmark = pytest.mark.slow
WAIT_SECONDS = 4


def test_the_guard_prevents_a_hang(tmp_path: Path, node_modules: Path) -> None:
    """Without the guard, a partial rerun waits for agents until its timeout.

    With the guard on again, an agent that reruns alone is refused, and a rerun from
    start passes as attempt 2.
    """
    done = rehearse_sample(
        tmp_path,
        make_config(node_modules),
        variables=FAILING,
        then=(
            "set:DTE_RERUN_GUARD=off",
            f"set:NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS={WAIT_SECONDS * 1000}",
            "rerun-from-failed",
            "set:DTE_RERUN_GUARD=on",
            "rerun:dte/agent-1",
            "set:NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS=600000",
            "set:SAMPLE_PAYMENTS=on",
            "rerun-from-start",
        ),
    )
    statuses = [run.status for run in done.report.runs]
    assert statuses == ["failed", "failed", "failed", "success"]
    assert [run.attempt for run in done.report.runs] == [1, 0, 0, 2]

    waiting = done.step("dte/main", "Run the affected tasks", run=2)
    assert waiting.status == "failed"
    assert waiting.seconds > WAIT_SECONDS
    said = f"No new completed tasks after {WAIT_SECONDS} seconds"
    assert any(said in line for line in done.lines("dte/main", run=2))
    assert not [task for task in tasks_of(done, 2) if task.cache == "miss"]

    assert done.ran(3) == ["dte/agent-1"]
    assert done.job("dte/agent-1", run=3).failed_step == "Refuse a partial rerun"
    lines = done.lines("dte/agent-1", run=3)
    assert [line for line in lines if line in TWO_LINES] == list(TWO_LINES)


def tasks_of(done: Rehearsed, run: int) -> list[TaskExecution]:
    """Return the tasks that Nx ran in a run."""
    run_id = done.report.runs[run - 1].id
    return [task for task in done.report.tasks if task.run_id.startswith(run_id)]


def test_two_agents_share_the_work(tmp_path: Path, node_modules: Path) -> None:
    """Both agents run tasks, including builds that depend on each other."""
    done = rehearse_sample(tmp_path, make_config(node_modules))
    assert done.report.runs[0].status == "success", done.heard.lines[-40:]
    missed = {
        task.task: task.agent for task in done.report.tasks if task.cache == "miss"
    }
    assert {"money:build", "tax:build", "shop:build"} <= set(missed)
    assert set(missed.values()) == {"agent-1", "agent-2"}
