"""Validates the JSON that clients send, and turns it into the data of a run."""

from __future__ import annotations

from typing import Any, TypeVar

from dte.nx_cloud.commands import Result, State, Task
from dte.nx_cloud.executions import TaskExecution
from dte.nx_cloud.rules import Rule
from dte.nx_cloud.run_settings import RunSettings

T = TypeVar("T")


class BadMessage(Exception):
    """A client's message has a field of the wrong type."""


class Message:
    """A JSON object; each field is read as the type that the caller expects."""

    def __init__(self, value: Any) -> None:
        """Take a parsed JSON value; raises `BadMessage` if it isn't an object."""
        if not isinstance(value, dict):
            raise BadMessage(f"not an object: {value!r}")
        self._fields: dict[str, Any] = value

    def text(self, name: str) -> str:
        """Read a string; a missing field gives an empty string."""
        return self._read(name, str, "")

    def flag(self, name: str, default: bool) -> bool:
        """Read a boolean; a missing field gives `default`."""
        return self._read(name, bool, default)

    def number(self, name: str, default: int = 0) -> int:
        """Read a whole number; a missing field gives `default`."""
        return self._read(name, int, default)

    def seconds(self, name: str) -> float:
        """Read milliseconds, JavaScript's unit of time, as seconds."""
        value = self._fields.get(name, 0)
        if not isinstance(value, int | float):
            raise BadMessage(f"{name}: not a number: {value!r}")
        return value / 1000

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of strings; a missing field gives an empty tuple."""
        values: list[Any] = self._read(name, list, [])
        if not all(isinstance(value, str) for value in values):
            raise BadMessage(f"{name}: not a list of strings: {values!r}")
        return tuple(values)

    def messages(self, name: str) -> tuple[Message, ...]:
        """Read a list of objects; a missing field gives an empty tuple."""
        values: list[Any] = self._read(name, list, [])
        return tuple(Message(value) for value in values)

    def _read(self, name: str, kind: type[T], default: T) -> T:
        value = self._fields.get(name, default)
        if not isinstance(value, kind):
            raise BadMessage(f"{name}: not a {kind.__name__}: {value!r}")
        return value


def read_task(message: Message) -> Task:
    """Read a node of main's task graph."""
    return Task(
        id=message.text("id"),
        hash=message.text("hash"),
        needs=message.texts("needs"),
        args=message.texts("args"),
        project=message.text("project"),
        target=message.text("target"),
        configuration=message.text("configuration"),
    )


def read_settings(message: Message) -> RunSettings:
    """Read the settings of a run."""
    return RunSettings(
        stop_after=frozenset(message.texts("stopAfter")),
        heartbeat=message.flag("heartbeat", True),
        fail_after=message.number("failAfter", 1),
        rules=tuple(read_rule(rule) for rule in message.messages("rules")),
    )


def read_rule(message: Message) -> Rule:
    """Read an assignment rule."""
    return Rule(
        pools=message.texts("pools"),
        projects=message.texts("projects"),
        targets=message.texts("targets"),
        configurations=message.texts("configurations"),
    )


def read_result(message: Message, *, agent: str) -> Result:
    """Read how an agent's task ended."""
    exit_code = message.number("exitCode")
    return Result(
        task=message.text("task"),
        state=State.PASSED if exit_code == 0 else State.FAILED,
        agent=agent,
        cache=message.text("cache"),
        exit_code=exit_code,
        started=message.seconds("startedMs"),
        seconds=message.seconds("durationMs"),
        hash=message.text("hash"),
        output=message.text("output"),
    )


def read_execution(message: Message, *, run_id: str, agent: str) -> TaskExecution:
    """Read a task that was run, or taken from the cache."""
    return TaskExecution(
        run_id=run_id,
        task=message.text("task"),
        agent=agent,
        cache=message.text("cache"),
        exit_code=message.number("exitCode"),
        started=message.seconds("startedMs"),
        seconds=message.seconds("durationMs"),
    )


def write_task(task: Task) -> dict[str, Any]:
    """Turn a task into the JSON that an agent reads."""
    return {"id": task.id, "hash": task.hash, "args": list(task.args)}


def write_stuck(task: Task, pools: tuple[str, ...]) -> dict[str, Any]:
    """Turn a task that no agent may run into the JSON that main reads."""
    return {"task": task.id, "target": task.target, "pools": list(pools)}


def write_result(result: Result) -> dict[str, Any]:
    """Turn a result into the JSON that main reads."""
    return {
        "task": result.task,
        "state": result.state.value,
        "agent": result.agent,
        "cache": result.cache,
        "exitCode": result.exit_code,
        "startedMs": round(result.started * 1000),
        "durationMs": round(result.seconds * 1000),
        "hash": result.hash,
        "output": result.output,
    }
