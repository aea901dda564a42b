"""Agents as processes: what they run, and how they end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from dte.nx_cloud import NxCloud

from .workspace import Workspace, find_heartbeats, finish, make_workspace


@pytest.fixture
def agent(tmp_path: Path, cloud: NxCloud) -> Workspace:
    """Return an agent's checkout in a workflow."""
    return make_workspace(
        tmp_path / "agent",
        cloud,
        CIRCLE_WORKFLOW_ID="w1",
        CIRCLE_JOB="dte/agent-1",
    )


def post(cloud: NxCloud, path: str, **message: Any) -> dict[str, Any]:
    """Say something to the stand-in, as main would in workflow w1."""
    response = requests.post(
        cloud.url + path,
        json={"run": "w1", **message},
        headers={"Authorization": f"Bearer {cloud.token}"},
        timeout=10,
    )
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def give(cloud: NxCloud, *tasks: str, **more: Any) -> None:
    """Post tasks that depend on nothing, and let agents end after them."""
    post(cloud, "/runs/start", stopAgentsAfter=["t"], requireExplicitCompletion=True)
    nodes = [{"id": task, "hash": "", "needs": [], **more} for task in tasks]
    post(cloud, "/commands/add", targets=["t"], tasks=nodes)


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something has become true, and fail when it does not."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_an_agent_runs_its_tasks_and_ends(agent: Workspace) -> None:
    """Tasks run with the workspace's own nx; a failed one does not fail the agent."""
    give(agent.cloud, "a:pass", "a:fail", args=["--fast"])
    finished = finish(agent.start("start-agent"))
    assert finished.exit_code == 0
    assert "a:pass --output-style=static --fast" in finished.stdout
    ran = {each.task: each for each in agent.cloud.executions()}
    assert (ran["a:pass"].exit_code, ran["a:fail"].exit_code) == (0, 1)
    assert ran["a:pass"].agent == "dte/agent-1"
    assert (ran["a:pass"].started, ran["a:pass"].seconds) == (1.0, 2.0)


def test_a_crash_of_nx_is_a_failed_task(agent: Workspace) -> None:
    """When nx ends before it comes to the task, main gets what it printed."""
    give(agent.cloud, "a:crash")
    assert finish(agent.start("start-agent")).exit_code == 0
    [execution] = agent.cloud.executions()
    assert execution.exit_code == 3
    [result] = post(agent.cloud, "/commands/follow", command=0)["results"]
    assert "a:crash" in result["output"]


def test_another_revision_is_noticed(agent: Workspace) -> None:
    """A task whose hash here is not main's fails, instead of running something else."""
    give(agent.cloud, "a:pass", hash="hash in main")
    finish(agent.start("start-agent"))
    [execution] = agent.cloud.executions()
    assert execution.exit_code == 1
    [result] = post(agent.cloud, "/commands/follow", command=0)["results"]
    assert "are both on the same revision?" in result["output"]


def test_the_same_hash_is_accepted(agent: Workspace) -> None:
    """A task whose hash is main's passes."""
    give(agent.cloud, "a:pass", hash="hash-of-a:pass")
    finish(agent.start("start-agent"))
    assert [each.exit_code for each in agent.cloud.executions()] == [0]


def test_a_duplicate_name_is_refused(agent: Workspace) -> None:
    """A second agent of the same name ends with 1; another name is welcome."""
    first = agent.start("start-agent")
    assert first.stdout is not None
    first.stdout.readline()
    second = agent.run("start-agent")
    assert second.exit_code == 1
    assert "an agent named dte/agent-1 is in this run already" in second.stderr
    third = agent.start("start-agent", NX_AGENT_NAME="another")
    post(agent.cloud, "/runs/stop")
    assert finish(first).exit_code == 0
    assert finish(third).exit_code == 0


def test_another_environment_is_another_run(agent: Workspace) -> None:
    """NX_CI_EXECUTION_ENV keeps several mains of one workflow apart."""
    post(agent.cloud, "/runs/stop", run="w1-linux")
    finished = agent.run("start-agent", NX_CI_EXECUTION_ENV="linux")
    assert "of run w1-linux" in finished.stdout


@pytest.mark.parametrize("variable", ["NX_CI_EXECUTION_ID", "NX_RUN_GROUP"])
def test_the_run_can_be_named(agent: Workspace, variable: str) -> None:
    """A run that is named explicitly does not go by the workflow's id."""
    post(agent.cloud, "/runs/stop", run="mine")
    assert "of run mine" in agent.run("start-agent", **{variable: "mine"}).stdout


def test_an_agent_without_a_main_gives_up(agent: Workspace) -> None:
    """After NX_CLOUD_AGENT_TIMEOUT_MS without a task an agent ends with 1."""
    finished = agent.run("start-agent", NX_CLOUD_AGENT_TIMEOUT_MS="500")
    assert finished.exit_code == 1
    assert "No tasks to run after 0.5 seconds" in finished.stderr


def test_an_invalid_timeout_is_an_error(agent: Workspace) -> None:
    """A timeout that is not a number is an error that shows the value."""
    finished = agent.run("start-agent", NX_CLOUD_AGENT_TIMEOUT_MS="soon")
    assert finished.exit_code == 1
    assert "NX_CLOUD_AGENT_TIMEOUT_MS=soon" in finished.stderr


def test_an_agent_that_comes_late_ends_at_once(agent: Workspace) -> None:
    """After the stop there is nothing to wait for."""
    post(agent.cloud, "/runs/stop")
    finished = agent.run("start-agent")
    assert finished.exit_code == 0
    assert "all agents were stopped" in finished.stdout


def test_agents_end_when_mains_job_is_gone(agent: Workspace, tmp_path: Path) -> None:
    """Killing main's processes, the heartbeat among them, ends waiting agents."""
    main = make_workspace(tmp_path / "main", agent.cloud, CIRCLE_WORKFLOW_ID="w1")
    assert main.run("start-ci-run").exit_code == 0
    process = agent.start("start-agent")
    [heartbeat] = find_heartbeats(main.folder)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=2)
    heartbeat.kill()
    finished = finish(process)
    assert finished.exit_code == 0
    assert "heartbeat" in finished.stdout


def sleeper(agent: Workspace) -> psutil.Process:
    """Wait until the task `sleep` has started its child, and give that back."""
    file = agent.folder / "sleeper"
    wait_for(lambda: file.exists() and file.read_text() != "")
    return psutil.Process(int(file.read_text()))


def is_gone(process: psutil.Process) -> bool:
    """Return whether a process has ended, also when nobody has buried it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_terminated_agent_fails_the_run(
    agent: Workspace, number: signal.Signals, exit_code: int
) -> None:
    """An agent that is told to end kills its task, and main learns of it."""
    give(agent.cloud, "a:sleep")
    process = agent.start("start-agent")
    child = sleeper(agent)
    process.send_signal(number)
    assert finish(process).exit_code == exit_code
    wait_for(lambda: is_gone(child))
    failure = post(agent.cloud, "/commands/follow", command=0)["failure"]
    assert failure == f"agent dte/agent-1 was ended by {number.name}"


def test_a_killed_agent_says_nothing_but_leaves_nothing(agent: Workspace) -> None:
    """A hard kill tells main nothing; the task's processes die all the same."""
    give(agent.cloud, "a:sleep")
    process = agent.start("start-agent")
    child = sleeper(agent)
    process.kill()
    finish(process)
    wait_for(lambda: is_gone(child))
    answer = post(agent.cloud, "/commands/follow", command=0)
    assert answer == {"results": [], "done": False, "failure": ""}
