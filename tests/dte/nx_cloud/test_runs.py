"""A CI pipeline execution: which agent gets which task, and when agents end."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.nx_cloud.agents import IDLE_SECONDS
from dte.nx_cloud.commands import ProtocolError, Result, State, Task
from dte.nx_cloud.run_settings import RunSettings
from dte.nx_cloud.runs import Run, Runs

from .run_steps import BUILD, HEARTBEAT, add, ask, fail, make_run, passed


def test_agents_get_different_tasks() -> None:
    """Two agents never work on the same task."""
    run = make_run("a", "b")
    add(run, Task("1"), Task("2"), Task("3"))
    assert [ask(run, "a"), ask(run, "b")] == ["1", "2"]


def test_an_agent_that_missed_the_answer_gets_the_same_task_again() -> None:
    """An agent that asks twice gets the same task."""
    run = make_run("a")
    add(run, Task("1"), Task("2"))
    assert [ask(run, "a"), ask(run, "a")] == ["1", "1"]


def test_the_agent_that_had_least_work_goes_first() -> None:
    """A chain of tasks is spread over all agents, even if `a` always asks first."""
    run = make_run("a", "b", "c")
    add(run, Task("1"), Task("2", needs=("1",)), Task("3", needs=("2",)))
    workers = []
    for task in ("1", "2", "3"):
        asked = {agent: ask(run, agent) for agent in ("a", "b", "c")}
        [worker] = [agent for agent, got in asked.items() if got == task]
        workers.append(worker)
        passed(run, worker, task)
    assert workers == ["a", "b", "c"]


def test_a_silent_agent_does_not_hold_up_the_others() -> None:
    """A run does not wait for an agent that was killed."""
    run = make_run("dead", "a")
    add(run, Task("1"))
    assert ask(run, "a", IDLE_SECONDS) == ""
    assert ask(run, "a", IDLE_SECONDS + 0.1) == "1"


def test_two_agents_of_one_name_both_work() -> None:
    """Agents on two machines may have the same name, because they have different
    keys."""
    run = make_run()
    for key in ("first", "second"):
        run.join("a", 0, key=key)
    add(run, Task("1"), Task("2"))
    assert [ask(run, "first"), ask(run, "second")] == ["1", "2"]


def test_agents_end_when_all_named_targets_have_run() -> None:
    """Agents wait for more commands until every target in --stop-agents-after has
    run."""
    run = make_run("a", stop_after=frozenset({"lint", "build"}))
    add(run, Task("1"), targets=("lint",))
    ask(run, "a")
    passed(run, "a", "1")
    assert run.ask("a", 2).end == ""
    add(run, targets=("build",))
    assert "--stop-agents-after" in run.ask("a", 3).end


def test_failed_tasks_cover_their_target_too() -> None:
    """Agents end after the last command, even if a task failed."""
    run = make_run("a")
    add(run, Task("1"))
    ask(run, "a")
    run.report("a", Result("1", State.FAILED, agent="a", exit_code=1))
    assert run.ask("a", 2).end


def test_without_named_targets_agents_stay() -> None:
    """Without --stop-agents-after, the agents end only when they are stopped."""
    run = make_run("a", stop_after=frozenset())
    add(run)
    assert run.ask("a", 2).end == ""
    run.complete()
    assert run.ask("a", 3).end == "all agents were stopped"


def test_a_late_agent_ends_too() -> None:
    """An agent that connects after the stop ends at once."""
    run = make_run()
    run.complete()
    run.join("late", 5)
    assert run.ask("late", 5).end


def test_a_stop_before_the_start_holds() -> None:
    """A run that was stopped before its start assigns no tasks."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.complete()
    run.start(1)
    run.join("a", 2)
    add(run, Task("1"))
    assert run.ask("a", 3).end


def test_agents_end_when_main_is_silent_for_too_long() -> None:
    """If the heartbeat stops, the agents end after the timeout, and not before."""
    run = make_run("a")
    run.ping(10)
    run.watch(10 + HEARTBEAT)
    assert run.ask("a", 40).end == ""
    run.watch(10 + HEARTBEAT + 0.1)
    assert "heartbeat" in run.ask("a", 41).end


def test_explicit_completion_needs_no_heartbeat() -> None:
    """With --require-explicit-completion, agents don't need a heartbeat to go on."""
    run = make_run("a", heartbeat=False)
    run.watch(10_000)
    assert run.ask("a", 10_000).end == ""


def test_agents_without_a_main_wait() -> None:
    """Agents that connect before main wait for it."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.join("a", 0)
    run.watch(10_000)
    assert run.ask("a", 10_000).end == ""


def test_an_agent_that_leaves_with_an_error_ends_the_run() -> None:
    """If an agent leaves with an error, main and the other agents receive the error."""
    run = make_run("a", "b")
    run.leave("a", error="Agent was terminated via SIGTERM")
    assert run.error == "Agent was terminated via SIGTERM"
    assert run.ask("b", 2).error == run.error


def test_an_error_after_the_end_changes_nothing() -> None:
    """Killing an agent after the run's end doesn't fail the others."""
    run = make_run("a", "b")
    run.complete()
    run.leave("a", error="Agent was terminated via SIGTERM")
    assert run.error == ""
    assert run.ask("b", 2).error == ""


def test_the_agents_end_after_a_failed_command() -> None:
    """By default, a run with a failed task ends when the task's command has ended."""
    run = make_run("a", fail_after=1, stop_after=frozenset({"later"}))
    add(run, Task("1"), Task("2"))
    ask(run, "a")
    fail(run, "a", "1")
    assert ask(run, "a", 2) == "2", "the command itself is not interrupted"
    passed(run, "a", "2")
    answer = run.ask("a", 3)
    assert answer.end == "a command failed, and fail-after is 1"
    assert answer.error == "", "agents pass, although a task failed"


def test_more_failures_may_be_allowed() -> None:
    """With `fail-after: 2`, the second failed task of any command ends the agents."""
    run = make_run("a", fail_after=2, stop_after=frozenset({"later"}))
    for task in ("1", "2"):
        add(run, Task(task))
        assert ask(run, "a", 2) == task
        fail(run, "a", task)
    assert "fail-after is 2" in run.ask("a", 3).end


def test_the_first_command_fixes_the_settings() -> None:
    """The settings of later commands are ignored with a warning."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    assert run.fix_settings(RunSettings())
    assert run.fix_settings(RunSettings()), "the same settings are no contradiction"
    assert not run.fix_settings(RunSettings(stop_after=BUILD))
    assert run.settings == RunSettings()


def test_a_command_of_a_closed_run_can_not_go_on() -> None:
    """After the end of a run, waiting tasks don't start; running tasks may finish."""
    run = make_run("a")
    add(run, Task("1"), Task("2"))
    [command] = run.commands
    ask(run, "a")
    run.complete()
    assert run.closed_for(command) == "", "an agent still works on it"
    passed(run, "a", "1")
    assert run.closed_for(command) == "all agents were stopped"


def test_a_finished_command_of_a_closed_run_is_fine() -> None:
    """A command whose tasks are all in the cache needs no agent."""
    run = make_run()
    run.complete()
    number = run.add_command([Task("1", hash="h")], ["x"], cached=lambda _: True)
    assert run.closed_for(run.command(number)) == ""


def test_a_stranger_gets_nothing() -> None:
    """An agent that has not joined is refused."""
    with pytest.raises(ProtocolError, match="no agent 'x' in run w1"):
        make_run().ask("x", 1)


def test_a_result_of_somebody_elses_task_is_refused() -> None:
    """An agent may report only its own task."""
    run = make_run("a", "b")
    add(run, Task("1"), Task("2"))
    ask(run, "a")
    ask(run, "b")
    with pytest.raises(ProtocolError, match="b was not given 1"):
        passed(run, "b", "1")


def test_the_oldest_run_gives_way() -> None:
    """Only the latest runs are kept."""
    runs = Runs(heartbeat_seconds=HEARTBEAT, limit=2)
    first = runs.get("1")
    runs.get("2")
    runs.get("3")
    assert len(runs) == 2
    assert runs.get("1") is not first


@given(
    agents=st.integers(1, 4),
    edges=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6))),
    failing=st.sets(st.integers(0, 6)),
    seed=st.integers(0, 1000),
)
def test_agents_finish_any_task_graph(
    agents: int, edges: set[tuple[int, int]], failing: set[int], seed: int
) -> None:
    """With any order of requests all agents end, and each task runs exactly once."""
    order = Random(seed)
    free = [f"agent-{number}" for number in range(agents)]
    run = make_run(*free)
    add(
        run,
        *(
            Task(str(task), needs=tuple(str(a) for a, b in edges if b == task > a))
            for task in range(7)
        ),
    )
    working: dict[str, str] = {}
    ran: list[str] = []
    now = 0.0
    while free or working:
        now += 0.01
        agent = order.choice(free + list(working))
        if agent in working:
            task = working.pop(agent)
            state = State.FAILED if int(task) in failing else State.PASSED
            run.report(agent, Result(task, state, agent=agent))
            free.append(agent)
            continue
        answer = run.ask(agent, now)
        if answer.end or answer.task:
            free.remove(agent)
        if answer.task:
            working[agent] = answer.task.id
            ran.append(answer.task.id)
    [command] = run.commands
    assert command.done
    assert len(set(ran)) == len(ran)
    assert {result.task for result in command.results} == set("0123456")
