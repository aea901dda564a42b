"""The stand-in with the real Nx: agents and a main as processes, on the sample."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from dte.nx_cloud import Faults, NxCloud, read_run_report
from tests.git import commit_all

from ..real_job import wait, wait_all, wait_for_line
from .words import AFFECTED, AGENT, START, TARGETS, Jobs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DEPENDENCIES = (
    ("money", "build", "tax", "build"),
    ("money", "build", "discounts", "build"),
    ("tax", "build", "shop", "build"),
    ("discounts", "build", "shop", "build"),
    ("money", "build", "tax", "test:ci"),
    ("money", "build", "discounts", "test:ci"),
    ("tax", "build", "shop", "test:ci"),
    ("money", "build", "money", "e2e-ci"),
    ("tax", "build", "tax", "e2e-ci"),
    ("discounts", "build", "discounts", "e2e-ci"),
    ("shop", "build", "shop", "e2e-ci"),
)
FIRST_AGENTS = ("agent-1", "agent-2", "agent-3")


def test_three_agents_share_the_tasks(jobs: Jobs, cloud: NxCloud) -> None:
    """Every task runs once, on several agents, after its dependencies."""
    agents = [jobs(name).start(*AGENT) for name in FIRST_AGENTS]
    main = jobs("main")
    assert main.run(*START, f"--stop-agents-after={TARGETS}").exit_code == 0
    format_check = ("nx", "format:check", "--all")
    recorded = main.run("npx", "nx-cloud", "record", "--", *format_check)
    assert recorded.exit_code == 0, recorded.output
    ended = main.run(*AFFECTED, "-t", TARGETS)
    assert (ended.exit_code, wait_all(agents)) == (0, [0, 0, 0])

    ran = {each.task: each for each in cloud.executions()}
    assert len(ran) == len(cloud.executions()) == 16
    assert {each.cache for each in ran.values()} == {"miss"}
    assert len({each.agent for each in ran.values()}) >= 2
    edges = [(ran[f"{a}:{t}"], ran[f"{b}:{u}"]) for a, t, b, u in DEPENDENCIES]
    assert all(a.started + a.seconds <= b.started for a, b in edges)
    assert any(a.agent != b.agent for a, b in edges), "no outputs had to travel"
    manifest = main.checkout / "packages/shop/dist/manifest.json"
    assert json.loads(manifest.read_text())["name"] == "@sample/shop"
    assert "✔  nx run shop:e2e-ci" in plain(ended.output)

    again = jobs("main-again")
    again.run(*START, CIRCLE_WORKFLOW_ID="w2")
    replayed = again.run(*AFFECTED, "-t", TARGETS, CIRCLE_WORKFLOW_ID="w2")
    assert replayed.exit_code == 0, "finished tasks need no agent"
    second = [each for each in cloud.executions() if each.run_id == "w2"]
    assert {(each.agent, each.cache) for each in second} == {("main", "hit")}
    assert len(second) == 16
    assert (again.checkout / "packages/shop/dist/manifest.json").exists()


def test_a_failed_task_fails_main_and_skips_what_needs_it(
    repository: Path, jobs: Jobs, cloud: NxCloud
) -> None:
    """If a task fails, main skips the tasks that depend on it and runs all others; the
    agents exit with 0."""
    project = repository / "packages/tax/project.json"
    content = json.loads(project.read_text())
    content["targets"]["build"] = {"command": "echo no tax today; exit 3"}
    project.write_text(json.dumps(content))
    commit_all(repository, "Break the build of tax")
    agents = [jobs(name).start(*AGENT) for name in FIRST_AGENTS[:2]]
    main = jobs("main")
    main.run(*START, "--stop-agents-after=build")
    ended = main.run(*AFFECTED, "-t", "build")
    assert (ended.exit_code, wait_all(agents)) == (1, [0, 0])
    assert "no tax today" in ended.output
    ran = {each.task: each.exit_code for each in cloud.executions()}
    assert ran == {"money:build": 0, "discounts:build": 0, "tax:build": 1}
    assert "shop:build" in ended.output.split("Tasks not run")[1]


def test_main_alone_runs_the_tasks_itself(jobs: Jobs, cloud: NxCloud) -> None:
    """Without a started run, with --no-agents, or without Nx Cloud, main runs the
    tasks."""
    main = jobs("main")
    assert main.run(*AFFECTED, "-t", "lint").exit_code == 0
    main.run(*START, "--stop-agents-after=build")
    assert main.run(*AFFECTED, "-t", "build", "--no-agents").exit_code == 0
    assert {each.agent for each in cloud.executions()} == {"main"}
    targets = [each.task.split(":")[1] for each in cloud.executions()]
    assert sorted(targets) == ["build"] * 4 + ["lint"] * 4
    assert {each.cache for each in cloud.executions()} == {"miss"}

    other = jobs("other")
    ended = other.run(*AFFECTED, "-t", "build,e2e-ci", NX_NO_CLOUD="true")
    assert ended.exit_code == 0
    cache = Path(other.environment["NX_CACHE_DIRECTORY"])
    report = read_run_report(cache, run_id="w1", agent="other")
    caches = {each.task: each.cache for each in report}
    assert caches["shop:build"] == "hit", "outputs come from main's upload"
    assert caches["shop:e2e-ci"] == "miss"


def test_main_without_agents_times_out(jobs: Jobs, cloud: NxCloud) -> None:
    """If no agent connects before main's timeout, main prints a message and exits 1."""
    main = jobs("main")
    main.run(*START, f"--stop-agents-after={TARGETS}")
    timeout = {"NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS": "1500"}
    ended = main.run(*AFFECTED, "-t", "lint", **timeout)
    assert ended.exit_code == 1
    assert "No new completed tasks after 1.5 seconds" in ended.output
    assert cloud.executions() == ()


def test_a_terminated_agent_fails_main(jobs: Jobs, cloud: NxCloud) -> None:
    """When a signal ends an agent, main ends with 1 instead of waiting for it."""
    agent = jobs("agent-1").start(*AGENT)
    wait_for_line(agent, "agent agent-1 of run")
    main = jobs("main")
    main.run(*START, f"--stop-agents-after={TARGETS}")
    os.killpg(agent.pid, signal.SIGTERM)  # npx does not pass signals on
    wait(agent)
    ended = main.run(*AFFECTED, "-t", "lint")
    assert ended.exit_code == 1
    assert "Agent was terminated via SIGTERM" in ended.output
    assert cloud.executions() == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_terminated_main_fails_the_agents(jobs: Jobs, number: signal.Signals) -> None:
    """On SIGTERM or SIGINT, main completes the run with an error, and exits 1."""
    agent = jobs("agent-1").start(*AGENT, "--targets=deploy")
    main = jobs("main")
    main.run(*START, f"--stop-agents-after={TARGETS}")
    nx = main.start("node_modules/.bin/nx", *AFFECTED[2:], "-t", "lint")
    wait_for_line(nx, "waits, because no agent for the target lint")
    nx.send_signal(number)
    assert wait(nx).exit_code == 1
    ended = wait(agent)
    assert ended.exit_code == 1
    assert "Distributed Execution Terminated" in ended.output
    assert f"Main job was terminated via {number.name}" in ended.output


def test_what_goes_wrong_is_said(jobs: Jobs, cloud: NxCloud) -> None:
    """After a failed download, an unknown command or a wrong token, Nx exits with 1."""
    main = jobs("main")
    cloud.set_faults(Faults(fail_client_downloads=2))
    downloads = [main.run(*START) for _ in range(3)]
    assert [each.exit_code for each in downloads] == [1, 1, 0]
    assert "503" in downloads[0].output
    unknown = main.run("npx", "nx-cloud", "start-workers")
    assert unknown.exit_code == 1
    assert 'Unknown Command "start-workers"' in unknown.output
    ended = main.run(*AFFECTED, "-t", "lint", NX_CLOUD_ACCESS_TOKEN="wrong")
    assert ended.exit_code == 1
    assert "Check NX_CLOUD_ACCESS_TOKEN" in ended.output
    assert cloud.executions() == ()


def plain(text: str) -> str:
    """Remove the colors from what Nx printed."""
    out = text
    while "\x1b[" in out:
        before, _, after = out.partition("\x1b[")
        out = before + after.partition("m")[2]
    return out
