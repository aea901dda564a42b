"""A CI pipeline execution: who gets which task, and when agents may end."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.nx_cloud.commands import ProtocolError, Result, State, Task
from dte.nx_cloud.rules import Rule
from dte.nx_cloud.runs import IDLE_SECONDS, DuplicateAgent, Run, Runs

HEARTBEAT = 30.0


def make_run(*agents: str, stop_after: tuple[str, ...] = ("build",)) -> Run:
    """Start a run at second 0, with agents that have joined."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.start(0, stop_after=stop_after, explicit=False)
    for agent in agents:
        run.join(agent, 0)
    return run


def add(run: Run, *tasks: Task, targets: tuple[str, ...] = ("build",)) -> None:
    """Have main post tasks, with nothing in the cache."""
    run.add_command(tasks, targets, cached=lambda _: False)


def ask(run: Run, agent: str, now: float = 1) -> str:
    """Have an agent ask; returns its task's id, or nothing."""
    task = run.ask(agent, now).task
    return task.id if task else ""


def passed(run: Run, agent: str, task: str) -> None:
    """Have an agent report that its task passed."""
    run.report(agent, Result(task, State.PASSED, agent=agent))


def test_agents_get_different_tasks() -> None:
    """Two agents never work on the same task."""
    run = make_run("a", "b")
    add(run, Task("1"), Task("2"), Task("3"))
    assert [ask(run, "a"), ask(run, "b")] == ["1", "2"]


def test_an_agent_that_missed_the_answer_gets_the_same_task_again() -> None:
    """Asking twice does not take two tasks."""
    run = make_run("a")
    add(run, Task("1"), Task("2"))
    assert [ask(run, "a"), ask(run, "a")] == ["1", "1"]


def test_the_agent_that_had_least_work_goes_first() -> None:
    """A chain of tasks wanders over the agents, however fast one of them asks."""
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
    """An agent that was killed without a word is not waited for."""
    run = make_run("dead", "a")
    add(run, Task("1"))
    assert ask(run, "a", IDLE_SECONDS) == ""
    assert ask(run, "a", IDLE_SECONDS + 0.1) == "1"


def test_a_name_is_used_once() -> None:
    """A second agent of the same name is refused."""
    run = make_run("a")
    with pytest.raises(DuplicateAgent):
        run.join("a", 1)


def test_a_name_is_free_again_when_its_agent_has_left() -> None:
    """An agent that ended in order can come back."""
    run = make_run("a")
    run.leave("a")
    run.join("a", 1)


def test_agents_end_when_all_named_targets_have_run() -> None:
    """Agents stay for the next command until every named target was covered."""
    run = make_run("a", stop_after=("lint", "build"))
    add(run, Task("1"), targets=("lint",))
    ask(run, "a")
    passed(run, "a", "1")
    assert run.ask("a", 2).end == ""
    add(run, targets=("build",))
    assert "--stop-agents-after" in run.ask("a", 3).end


def test_failed_tasks_cover_their_target_too() -> None:
    """Agents end after a command with failures as after one without."""
    run = make_run("a")
    add(run, Task("1"))
    ask(run, "a")
    run.report("a", Result("1", State.FAILED, agent="a", exit_code=1))
    assert run.ask("a", 2).end


def test_without_named_targets_agents_stay() -> None:
    """Without --stop-agents-after only a stop ends the agents."""
    run = make_run("a", stop_after=())
    add(run)
    assert run.ask("a", 2).end == ""
    run.stop()
    assert run.ask("a", 3).end == "all agents were stopped"


def test_a_late_agent_ends_at_once() -> None:
    """An agent that connects after the stop has nothing to do."""
    run = make_run()
    run.stop()
    run.join("late", 5)
    assert run.ask("late", 5).end


def test_a_stop_before_the_start_holds() -> None:
    """A run that was stopped before it was started hands nothing out."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.stop()
    run.start(1, stop_after=(), explicit=False)
    run.join("a", 2)
    add(run, Task("1"))
    assert run.ask("a", 3).end


def test_agents_end_when_main_is_silent_for_too_long() -> None:
    """A heartbeat that stops ends the agents after the timeout, not before."""
    run = make_run("a")
    run.ping(10)
    run.watch(10 + HEARTBEAT)
    assert run.ask("a", 40).end == ""
    run.watch(10 + HEARTBEAT + 0.1)
    assert "heartbeat" in run.ask("a", 41).end


def test_explicit_completion_needs_no_heartbeat() -> None:
    """With --require-explicit-completion silence ends nobody."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.start(0, stop_after=(), explicit=True)
    run.join("a", 0)
    run.watch(10_000)
    assert run.ask("a", 10_000).end == ""


def test_agents_without_a_main_wait() -> None:
    """Nothing ends agents that came before main did."""
    run = Run("w1", heartbeat_seconds=HEARTBEAT)
    run.join("a", 0)
    run.watch(10_000)
    assert run.ask("a", 10_000).end == ""


def test_a_terminated_agent_fails_the_run() -> None:
    """When a signal ends an agent, main can't go on and the other agents end."""
    run = make_run("a", "b")
    run.leave("a", killed_by="SIGTERM")
    assert run.failure == "agent a was ended by SIGTERM"
    assert run.ask("b", 2).end == run.failure


def test_an_agent_terminated_after_the_end_fails_nothing() -> None:
    """A signal that comes when the work is done changes nothing."""
    run = make_run("a")
    run.stop()
    run.leave("a", killed_by="SIGTERM")
    assert run.failure == ""


def test_a_stranger_gets_nothing() -> None:
    """An agent that has not joined is refused."""
    with pytest.raises(ProtocolError, match="no agent 'x' in run w1"):
        make_run().ask("x", 1)


def test_a_result_of_somebody_elses_task_is_refused() -> None:
    """An agent reports its own task only."""
    run = make_run("a", "b")
    add(run, Task("1"), Task("2"))
    ask(run, "a")
    ask(run, "b")
    with pytest.raises(ProtocolError, match="b was not given 1"):
        passed(run, "b", "1")


def test_the_oldest_run_gives_way() -> None:
    """A stand-in that runs for long does not remember every run."""
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
    """Agents that ask in any order end, no task runs twice, and none is forgotten."""
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


def test_a_task_goes_to_its_pool_only() -> None:
    """By assignment rules an agent gets what its pool may run, and the rest of all."""
    run = make_run()
    rules = [Rule(("large",), targets=("build",)), Rule(("small",), targets=("lint",))]
    run.start(0, stop_after=("build",), explicit=False, rules=rules)
    for name, pool in (("a", "small"), ("b", "large"), ("c", "")):
        run.join(name, 0, pool=pool)
    add(run, Task("x:build"), Task("x:lint"), Task("x:test"), Task("y:build"))
    assert ask(run, "a") == "x:lint"
    assert ask(run, "c") == "x:test"
    assert ask(run, "b") == "x:build"
    passed(run, "a", "x:lint")
    assert ask(run, "a") == "", "the other build is not for a small agent"
