"""Tracks the tasks of one `nx` command of main: which are ready, and which are done.

The code is pure: it uses no clock, no threads and no HTTP. A task is handed out once,
after everything it depends on has passed; the tasks that depend on a failed task are
skipped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum


class ProtocolError(Exception):
    """A client's request contradicts the state of the run."""


class State(Enum):
    """The state of a task."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


FINISHED_STATES = frozenset({State.PASSED, State.FAILED, State.SKIPPED})


@dataclass(frozen=True)
class Task:
    """A node of Nx's task graph."""

    id: str
    hash: str = ""
    """Empty if the hash depends on outputs of tasks that have not run yet."""
    needs: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    """The arguments from the user's command line that the task gets."""
    project: str = ""
    target: str = ""
    configuration: str = ""


@dataclass(frozen=True)
class Result:
    """How a task ended; main reads results in the order of arrival."""

    task: str
    state: State
    agent: str = ""
    cache: str = ""
    exit_code: int = 0
    started: float = 0.0
    seconds: float = 0.0
    hash: str = ""
    output: str = ""


class Command:
    """One `nx` command of main, from its task graph to the end of every task."""

    def __init__(
        self,
        tasks: Iterable[Task],
        targets: Collection[str],
        *,
        cached: Collection[str] = (),
    ) -> None:
        """Take a task graph; tasks whose hash is in `cached` need no agent."""
        self.targets = frozenset(targets)
        self.results: list[Result] = []
        self._tasks = {task.id: task for task in tasks}
        self._states = dict.fromkeys(self._tasks, State.WAITING)
        self._check_edges()
        for task in self._tasks.values():
            if task.hash and task.hash in cached:
                self._end(Result(task.id, State.PASSED, cache="hit", hash=task.hash))

    def _check_edges(self) -> None:
        for task in self._tasks.values():
            missing = [need for need in task.needs if need not in self._tasks]
            if missing:
                raise ProtocolError(f"{task.id} depends on unknown {missing[0]}")

    @property
    def done(self) -> bool:
        """Whether every task has passed, failed or been skipped."""
        return all(state in FINISHED_STATES for state in self._states.values())

    def state(self, task: str) -> State:
        """Return the state of a task."""
        return self._states[task]

    def task(self, task: str) -> Task:
        """Return a task by its id."""
        return self._tasks[task]

    def ready(self) -> list[Task]:
        """List the tasks that are ready to run, in the order of main's task graph."""
        return [
            task
            for task in self._tasks.values()
            if self._states[task.id] is State.WAITING
            and all(self._states[need] is State.PASSED for need in task.needs)
        ]

    def hand_out(self, task: str) -> None:
        """Mark a ready task as running."""
        if self._tasks[task] not in self.ready():
            raise ProtocolError(f"{task} is not ready")
        self._states[task] = State.RUNNING

    def finish(self, result: Result) -> None:
        """Store how a running task ended, and skip its dependents if it failed."""
        if self._states.get(result.task) is not State.RUNNING:
            raise ProtocolError(f"{result.task} is not running")
        self._end(result)
        if result.state is not State.PASSED:
            self._skip_dependents(result.task)

    def forget_outputs(self, count: int) -> None:
        """Drop the terminal output of the first `count` results: main has read them."""
        for index in range(min(count, len(self.results))):
            if self.results[index].output:
                self.results[index] = replace(self.results[index], output="")

    def _end(self, result: Result) -> None:
        self._states[result.task] = result.state
        self.results.append(result)

    def _skip_dependents(self, ended: str) -> None:
        for task in self._tasks.values():
            if ended in task.needs and self._states[task.id] is State.WAITING:
                self._end(Result(task.id, State.SKIPPED))
                self._skip_dependents(task.id)
