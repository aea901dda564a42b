"""The tasks of one nx command: order, assignment, failures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.nx_cloud.commands import (
    FINISHED_STATES,
    Command,
    ProtocolError,
    Result,
    State,
    Task,
)

DIAMOND = (
    Task("money", hash="m"),
    Task("tax", hash="t", needs=("money",)),
    Task("discounts", hash="d", needs=("money",)),
    Task("shop", needs=("tax", "discounts")),
)


def names(command: Command) -> list[str]:
    """List the ids of the tasks that are ready."""
    return [task.id for task in command.ready()]


def run(command: Command, task: str, state: State = State.PASSED) -> None:
    """Assign a task and complete it."""
    command.hand_out(task)
    command.finish(Result(task, state))


def test_only_tasks_without_dependencies_are_ready_at_first() -> None:
    """At first only tasks without dependencies are ready."""
    assert names(Command(DIAMOND, ["build"])) == ["money"]


def test_a_task_is_ready_when_all_it_needs_has_passed() -> None:
    """A task with two dependencies waits for both of them."""
    command = Command(DIAMOND, ["build"])
    run(command, "money")
    assert names(command) == ["tax", "discounts"]
    run(command, "tax")
    assert names(command) == ["discounts"]
    run(command, "discounts")
    assert names(command) == ["shop"]


def test_a_failure_skips_everything_that_depends_on_it() -> None:
    """Direct and indirect dependents of a failed task are skipped; other tasks run."""
    command = Command(DIAMOND, ["build"])
    run(command, "money")
    run(command, "tax", State.FAILED)
    assert names(command) == ["discounts"]
    assert command.state("shop") is State.SKIPPED
    run(command, "discounts")
    assert command.done


def test_cached_tasks_need_no_agent() -> None:
    """A task whose outputs are in the cache counts as passed from the start."""
    command = Command(DIAMOND, ["build"], cached={"m", "d"})
    assert [result.task for result in command.results] == ["money", "discounts"]
    assert names(command) == ["tax"]


def test_a_command_without_tasks_is_done() -> None:
    """A command without tasks is done at once."""
    assert Command((), ["build"]).done


@pytest.mark.parametrize("task", ["tax", "shop"])
def test_a_task_that_waits_is_not_handed_out(task: str) -> None:
    """Assigning a task before its dependencies have passed is an error."""
    with pytest.raises(ProtocolError, match=f"{task} is not ready"):
        Command(DIAMOND, ["build"]).hand_out(task)


def test_a_task_is_not_handed_out_twice() -> None:
    """A running task is no longer ready."""
    command = Command(DIAMOND, ["build"])
    command.hand_out("money")
    with pytest.raises(ProtocolError, match="money is not ready"):
        command.hand_out("money")


def test_only_a_running_task_can_end() -> None:
    """A result of a task that isn't running is an error."""
    with pytest.raises(ProtocolError, match="money is not running"):
        Command(DIAMOND, ["build"]).finish(Result("money", State.PASSED))


def test_a_dependency_outside_the_graph_is_refused() -> None:
    """A task graph that lacks a needed task is refused: the command could never end."""
    with pytest.raises(ProtocolError, match="tax depends on unknown money"):
        Command((Task("tax", needs=("money",)),), ["build"])


def test_output_that_main_has_is_forgotten() -> None:
    """Terminal output is kept until main has read it, and no longer."""
    command = Command(DIAMOND, ["build"])
    command.hand_out("money")
    command.finish(Result("money", State.PASSED, output="long"))
    command.forget_outputs(0)
    assert command.results[0].output == "long"
    command.forget_outputs(1)
    assert command.results[0].output == ""


@st.composite
def task_graphs(draw: st.DrawFn) -> tuple[Task, ...]:
    """Draw a task graph without cycles: edges lead to earlier tasks only."""
    count = draw(st.integers(0, 8))
    tasks = []
    for index in range(count):
        earlier = st.sampled_from([str(other) for other in range(index)] or ["0"])
        needs = draw(st.sets(earlier, max_size=3)) if index else set()
        cache_key = draw(st.sampled_from(["", f"hash{index}"]))
        tasks.append(Task(str(index), hash=cache_key, needs=tuple(sorted(needs))))
    return tuple(tasks)


@given(task_graphs(), st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)), st.data())
def test_every_task_ends_once_and_never_before_its_dependencies(
    tasks: tuple[Task, ...], failing: set[int], cached: set[int], data: st.DataObject
) -> None:
    """In any order of assignments and results, each task ends once, after its
    dependencies."""
    command = Command(tasks, ["t"], cached={f"hash{index}" for index in cached})
    running: list[str] = []
    handed: list[str] = []
    while not command.done:
        ready = names(command)
        if ready and (not running or data.draw(st.booleans())):
            task = data.draw(st.sampled_from(ready))
            needs = command.task(task).needs
            assert all(command.state(need) is State.PASSED for need in needs)
            command.hand_out(task)
            running.append(task)
            handed.append(task)
            continue
        ended = running.pop(data.draw(st.integers(0, len(running) - 1)))
        state = State.FAILED if int(ended) in failing else State.PASSED
        command.finish(Result(ended, state))
    assert len(set(handed)) == len(handed)
    assert sorted(result.task for result in command.results) == sorted(
        task.id for task in tasks
    )
    assert all(command.state(task.id) in FINISHED_STATES for task in tasks)
    assert not running
