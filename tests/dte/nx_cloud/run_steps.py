"""Shorthand for driving a `Run` in tests."""

from __future__ import annotations

from typing import Any

from dte.nx_cloud.commands import Result, State, Task
from dte.nx_cloud.run_settings import RunSettings
from dte.nx_cloud.runs import Run

HEARTBEAT = 30.0
BUILD = frozenset({"build"})


def make_run(*agents: str, **settings: Any) -> Run:
    """Start a run at second 0, with agents that have joined."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.fix_settings(RunSettings(**{"stop_after": BUILD, "fail_after": 0, **settings}))
    run.start(0)
    for agent in agents:
        run.join(agent, 0)
    return run


def add(run: Run, *tasks: Task, targets: tuple[str, ...] = ("build",)) -> None:
    """Have main post tasks, with nothing in the cache."""
    run.add_command(tasks, targets, cached=lambda _: False)


def ask(run: Run, agent: str, now: float = 1) -> str:
    """Have an agent ask for a task; return the task's id, or an empty string."""
    task = run.ask(agent, now).task
    return task.id if task else ""


def passed(run: Run, agent: str, task: str) -> None:
    """Have an agent report that its task passed."""
    run.report(agent, Result(task, State.PASSED, agent=agent))


def fail(run: Run, agent: str, task: str) -> None:
    """Have an agent report that its task failed."""
    run.report(agent, Result(task, State.FAILED, agent=agent, exit_code=1))
