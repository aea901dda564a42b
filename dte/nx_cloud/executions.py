"""The tasks that ran: one entry for each task that Nx ran or took from its cache."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TaskExecution:
    """One task, run by Nx or taken from its cache, as Nx itself reported it."""

    run_id: str
    """The CI pipeline execution: on CircleCI, the workflow's id."""
    task: str
    agent: str
    """The agent's name, or "main" for a task that main ran itself."""
    cache: str
    """"miss" when the task's command ran, "hit" when the cache had its outputs."""
    exit_code: int
    started: float
    """Seconds since the epoch."""
    seconds: float


def read_run_report(
    cache_directory: Path, *, run_id: str, agent: str
) -> tuple[TaskExecution, ...]:
    """Return the tasks of a job's last `nx` command, from the report that Nx writes.

    `cache_directory` is the job's `NX_CACHE_DIRECTORY`; Nx leaves `run.json` there.
    This is for jobs with `NX_NO_CLOUD=true`, which never tell Nx Cloud about their
    tasks. Returns an empty tuple if there is no report.
    """
    try:
        report = json.loads((cache_directory / "run.json").read_text("utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(
        _read_task(entry, run_id=run_id, agent=agent) for entry in report["tasks"]
    )


def _read_task(entry: dict[str, Any], *, run_id: str, agent: str) -> TaskExecution:
    started = _seconds(entry["startTime"])
    return TaskExecution(
        run_id=run_id,
        task=entry["taskId"],
        agent=agent,
        cache="miss" if entry["cacheStatus"] == "cache-miss" else "hit",
        exit_code=entry["status"],
        started=started,
        seconds=_seconds(entry["endTime"]) - started,
    )


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
