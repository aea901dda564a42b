"""Assignment rules and an agent's own targets decide which agent runs a task."""

from __future__ import annotations

from dte.nx_cloud.commands import Command, Task
from dte.nx_cloud.rules import Rule
from dte.nx_cloud.runs import Run

from .run_steps import add, ask, make_run, passed


def task(project: str, target: str) -> Task:
    """Return a task of a project."""
    return Task(f"{project}:{target}", project=project, target=target)


RULES = (Rule(("large",), targets=("build",)), Rule(("small",), targets=("lint",)))


def test_a_task_goes_to_its_pool_only() -> None:
    """An agent gets only the tasks of its pool and those that no rule matches."""
    run = make_run(rules=RULES)
    for name, pool in (("a", "small"), ("b", "large"), ("c", "")):
        run.join(name, 0, pool=pool)
    wanted = (("x", "build"), ("x", "lint"), ("x", "test"), ("y", "build"))
    add(run, *(task(*each) for each in wanted))
    assert ask(run, "a") == "x:lint"
    assert ask(run, "c") == "x:test"
    assert ask(run, "b") == "x:build"
    passed(run, "a", "x:lint")
    assert ask(run, "a") == "", "the other build is not for a small agent"


def test_an_agent_gets_tasks_of_its_targets_only() -> None:
    """`start-agent --targets` limits an agent, even if the other agents are busy."""
    run = make_run()
    run.join("a", 0, targets=["lint"])
    run.join("b", 0)
    add(run, task("x", "build"), task("x", "lint"), task("y", "build"))
    assert ask(run, "a") == "x:lint"
    assert ask(run, "b") == "x:build"
    passed(run, "a", "x:lint")
    assert ask(run, "a") == ""


def stuck(run: Run) -> list[tuple[str, tuple[str, ...]]]:
    """Return the stuck tasks of the first command, with their pools."""
    command: Command = run.commands[0]
    return [(each.id, pools) for each, pools in run.stuck(command)]


def test_a_task_that_nobody_may_run_is_stuck() -> None:
    """Tasks of a pool without agents are reported while other agents are connected."""
    run = make_run(rules=RULES)
    add(run, task("x", "build"), task("x", "test"))
    assert stuck(run) == [], "no agent is connected yet"
    run.join("a", 0, pool="small")
    assert stuck(run) == [("x:build", ("large",))]
    run.join("b", 0, pool="large")
    assert stuck(run) == []
    run.leave("b")
    assert stuck(run) == [("x:build", ("large",))]
