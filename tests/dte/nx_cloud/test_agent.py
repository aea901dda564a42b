"""Agents as processes: what they run, and how they end."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from dte.nx_cloud import Faults, NxCloud

from .workspace import (
    SECONDS,
    RunClock,
    Workspace,
    find_heartbeats,
    finish,
    is_gone,
    make_workspace,
    sleeper,
    wait_for,
)


@pytest.fixture
def agent(tmp_path: Path, cloud: NxCloud) -> Workspace:
    """Return an agent's checkout in a workflow."""
    return make_workspace(
        tmp_path / "agent",
        cloud,
        CIRCLE_WORKFLOW_ID="w1",
        CIRCLE_JOB="agent-1",
    )


def post(cloud: NxCloud, path: str, **message: Any) -> dict[str, Any]:
    """Send a message to the stand-in as main of workflow w1."""
    response = requests.post(
        cloud.url + path,
        json={"run": "w1", **message},
        headers={"Authorization": f"Bearer {cloud.token}"},
        timeout=SECONDS,
    )
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def give(cloud: NxCloud, *tasks: str, **more: Any) -> None:
    """Post tasks without dependencies, after which the agents end."""
    post(cloud, "/runs/start", stopAfter=["t"], heartbeat=False)
    nodes = [
        {"id": task, "target": task.split(":")[1], "needs": [], **more}
        for task in tasks
    ]
    post(cloud, "/commands/add", targets=["t"], tasks=nodes)


def test_an_agent_runs_its_tasks_and_ends(agent: Workspace) -> None:
    """An agent runs tasks with the workspace's nx, and passes even if a task fails."""
    give(agent.cloud, "a:pass", "a:fail", args=["--fast"])
    finished = finish(agent.start("start-agent"))
    assert finished.exit_code == 0
    assert "a:pass --output-style=static --fast" in finished.stdout
    ran = {each.task: each for each in agent.cloud.executions()}
    assert (ran["a:pass"].exit_code, ran["a:fail"].exit_code) == (0, 1)
    assert ran["a:pass"].agent == "agent-1"
    assert (ran["a:pass"].started, ran["a:pass"].seconds) == (1.0, 2.0)


def test_a_crash_of_nx_is_a_failed_task(agent: Workspace) -> None:
    """If nx fails before it runs the task, main receives nx's output."""
    give(agent.cloud, "a:crash")
    assert finish(agent.start("start-agent")).exit_code == 0
    [execution] = agent.cloud.executions()
    assert execution.exit_code == 3
    [result] = post(agent.cloud, "/commands/follow", command=0)["results"]
    assert "a:crash" in result["output"]


def test_another_revision_is_noticed(agent: Workspace) -> None:
    """If a task's hash on the agent differs from the hash on main, the task fails."""
    give(agent.cloud, "a:pass", hash="hash in main")
    finish(agent.start("start-agent"))
    [execution] = agent.cloud.executions()
    assert execution.exit_code == 1
    [result] = post(agent.cloud, "/commands/follow", command=0)["results"]
    assert "do both use the same revision?" in result["output"]


def test_the_same_hash_is_accepted(agent: Workspace) -> None:
    """If a task has the same hash on the agent and on main, the task passes."""
    give(agent.cloud, "a:pass", hash="hash-of-a:pass")
    finish(agent.start("start-agent"))
    assert [each.exit_code for each in agent.cloud.executions()] == [0]


def wait_until_connected(process: subprocess.Popen[str]) -> None:
    """Read an agent's output until it has joined the run."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Nx Cloud (stand-in): agent"):
            return
    raise AssertionError("the agent has ended")


def test_a_name_is_taken_within_a_folder(agent: Workspace) -> None:
    """A second agent with the same name ends with 1; another name gets a warning."""
    first = agent.start("start-agent")
    wait_until_connected(first)
    second = agent.run("start-agent")
    assert second.exit_code == 1
    assert "Duplicate Agent ID Detected" in second.stderr
    third = agent.start("start-agent", NX_AGENT_NAME="another")
    wait_until_connected(third)
    post(agent.cloud, "/runs/complete")
    assert finish(first).exit_code == 0
    ended = finish(third)
    assert ended.exit_code == 0
    assert "Other Nx Cloud Agents Detected" in ended.stderr


def test_two_machines_may_have_agents_of_one_name(
    agent: Workspace, tmp_path: Path
) -> None:
    """Agents in different folders don't see each other's lock files, so both work."""
    other = replace(
        make_workspace(tmp_path / "other", agent.cloud), environment=agent.environment
    )
    processes = [each.start("start-agent") for each in (agent, other)]
    for process in processes:
        wait_until_connected(process)
    give(agent.cloud, "a:sleep", "b:sleep")
    sleeper(agent)
    sleeper(other)
    for process in processes:
        process.kill()
        finish(process)


def test_the_lock_of_a_killed_agent_stays(agent: Workspace) -> None:
    """A killed agent's name stays in use in its folder until its lock is removed."""
    killed = agent.start("start-agent")
    wait_until_connected(killed)
    killed.kill()
    finish(killed)
    again = agent.run("start-agent")
    assert again.exit_code == 1
    assert "Duplicate Agent ID Detected" in again.stderr
    assert agent.run("clean-up-agents").exit_code == 0
    post(agent.cloud, "/runs/complete")
    assert agent.run("start-agent").exit_code == 0
    assert agent.run("start-agent").exit_code == 0, "an agent that ended has no lock"


def test_a_name_with_a_slash_is_refused(agent: Workspace) -> None:
    """An agent name with a slash is refused, because it can't be a file name."""
    finished = agent.run("start-agent", NX_AGENT_NAME="dte/agent")
    assert finished.exit_code == 1
    assert "dte/agent contains a slash" in finished.stderr


def test_another_environment_is_another_run(agent: Workspace) -> None:
    """NX_CI_EXECUTION_ENV separates the runs of several mains in one workflow."""
    post(agent.cloud, "/runs/complete", run="w1-linux")
    finished = agent.run("start-agent", NX_CI_EXECUTION_ENV="linux")
    assert "of run w1-linux" in finished.stdout


@pytest.mark.parametrize("variable", ["NX_CI_EXECUTION_ID", "NX_RUN_GROUP"])
def test_the_run_can_be_named(agent: Workspace, variable: str) -> None:
    """A run with an explicit name doesn't use the workflow's id."""
    post(agent.cloud, "/runs/complete", run="mine")
    assert "of run mine" in agent.run("start-agent", **{variable: "mine"}).stdout


def test_an_agent_without_a_main_gives_up(agent: Workspace) -> None:
    """After NX_CLOUD_AGENT_TIMEOUT_MS without a task, an agent ends with 1."""
    finished = agent.run("start-agent", NX_CLOUD_AGENT_TIMEOUT_MS="500")
    assert finished.exit_code == 1
    assert "No new messages received after 0.5 seconds" in finished.stderr


def test_an_invalid_timeout_is_an_error(agent: Workspace) -> None:
    """A timeout that is not a number is an error that shows the value."""
    finished = agent.run("start-agent", NX_CLOUD_AGENT_TIMEOUT_MS="soon")
    assert finished.exit_code == 1
    assert "NX_CLOUD_AGENT_TIMEOUT_MS=soon" in finished.stderr


def test_an_agent_that_comes_late_ends_too(agent: Workspace) -> None:
    """An agent that starts after the stop exits at once."""
    post(agent.cloud, "/runs/complete")
    finished = agent.run("start-agent")
    assert finished.exit_code == 0
    assert "all agents were stopped" in finished.stdout


def test_agents_end_when_mains_job_is_gone(
    agent: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If main's heartbeat process is killed, the waiting agents end."""
    clock = RunClock(monkeypatch)
    main = make_workspace(tmp_path / "main", agent.cloud, CIRCLE_WORKFLOW_ID="w1")
    assert main.run("start-ci-run").exit_code == 0
    process = agent.start("start-agent")
    [heartbeat] = find_heartbeats(main.folder)
    for _ in range(4):
        clock.wait_for("ping")
        clock.ahead += 20
        clock.wait_for("ask")
    heartbeat.kill()
    wait_for(lambda: is_gone(heartbeat))
    clock.ahead += 100
    finished = finish(process)
    assert finished.exit_code == 0
    assert "heartbeat" in finished.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_terminated_agent_ends_the_run(
    agent: Workspace, tmp_path: Path, number: signal.Signals
) -> None:
    """On SIGTERM or SIGINT, an agent kills its task; main and other agents fail."""
    give(agent.cloud, "a:sleep")
    process = agent.start("start-agent")
    child = sleeper(agent)
    process.send_signal(number)
    assert finish(process).exit_code == 1
    wait_for(lambda: is_gone(child))
    error = f"Agent was terminated via {number.name}"
    assert post(agent.cloud, "/commands/follow", command=0)["error"] == error
    other = make_workspace(tmp_path / "other", agent.cloud, CIRCLE_WORKFLOW_ID="w1")
    ended = other.run("start-agent", NX_AGENT_NAME="other")
    assert ended.exit_code == 1
    assert "Distributed Execution Terminated\n\nError:\n" + error in ended.stderr
    assert agent.run("start-agent", NX_AGENT_NAME="again").exit_code == 1


def test_a_killed_agent_says_nothing_but_leaves_nothing(agent: Workspace) -> None:
    """If SIGKILL ends an agent, its task's processes end, but main isn't informed."""
    give(agent.cloud, "a:sleep")
    process = agent.start("start-agent")
    child = sleeper(agent)
    process.kill()
    finish(process)
    wait_for(lambda: is_gone(child))
    answer = post(agent.cloud, "/commands/follow", command=0)
    assert (answer["results"], answer["done"], answer["error"]) == ([], False, "")


def test_the_signal_that_ended_a_task_is_named(agent: Workspace) -> None:
    """If a signal ends the process that runs a task, agent and main print its name."""
    give(agent.cloud, "a:sleep")
    process = agent.start("start-agent")
    child = sleeper(agent)
    [leader] = psutil.Process(process.pid).children()
    leader.kill()
    wait_for(lambda: is_gone(child))
    said = "a:sleep: nx was ended by SIGKILL"
    (result,) = post(agent.cloud, "/commands/follow", command=0, seen=0)["results"]
    assert said in result["output"]
    assert said in finish(process).stderr


def test_an_agent_takes_the_targets_it_was_given(agent: Workspace) -> None:
    """An agent with `--targets` runs no tasks of other targets."""
    give(agent.cloud, "a:fail", "a:pass")
    process = agent.start("start-agent", "--targets=pass")
    wait_for(lambda: len(agent.cloud.executions()) == 1)
    post(agent.cloud, "/runs/complete")
    finished = finish(process)
    assert finished.exit_code == 0
    assert "Starting an agent for running Nx target(s) [pass]" in finished.stdout
    assert [each.task for each in agent.cloud.executions()] == ["a:pass"]


def test_an_unknown_argument_has_no_effect(agent: Workspace) -> None:
    """An undocumented argument is named in a notice, and the agent works."""
    post(agent.cloud, "/runs/complete")
    finished = agent.run("start-agent", "--scheduling-constraints=big")
    assert finished.exit_code == 0
    assert "--scheduling-constraints=big is unknown" in finished.stderr


def test_an_agent_that_loses_nx_cloud_fails(agent: Workspace) -> None:
    """After its last retry, an agent ends with 1 and the reason."""
    process = agent.start("start-agent", NX_CLOUD_NUMBER_OF_RETRIES="2")
    wait_until_connected(process)
    agent.cloud.set_faults(Faults(unreachable=True))
    finished = finish(process)
    assert finished.exit_code == 1
    assert "Error when connecting to Nx Cloud" in finished.stderr
