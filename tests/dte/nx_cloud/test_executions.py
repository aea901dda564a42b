"""Reading Nx's report on its tasks."""

from __future__ import annotations

import json
from pathlib import Path

from dte.nx_cloud.executions import TaskExecution, read_run_report


def test_the_report_of_an_nx_command_is_read(tmp_path: Path) -> None:
    """Each task of Nx's report becomes an execution, run or taken from the cache."""
    task = {"startTime": "2026-01-02T03:04:05.500Z", "endTime": "2026-01-02T03:04:07Z"}
    tasks = [
        {**task, "taskId": "a:test", "cacheStatus": "cache-miss", "status": 1},
        {**task, "taskId": "a:lint", "cacheStatus": "remote-cache-hit", "status": 0},
    ]
    (tmp_path / "run.json").write_text(json.dumps({"run": {}, "tasks": tasks}))
    started = 1767323045.5
    assert read_run_report(tmp_path, run_id="w1", agent="main") == (
        TaskExecution("w1", "a:test", "main", "miss", 1, started, 1.5),
        TaskExecution("w1", "a:lint", "main", "hit", 0, started, 1.5),
    )


def test_no_report_means_nothing_ran(tmp_path: Path) -> None:
    """A job in which nx never ran has no executions."""
    assert read_run_report(tmp_path, run_id="w1", agent="main") == ()
