"""Settings of a run with the real Nx: config file, overrides, rules and pools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dte.nx_cloud import NxCloud
from tests.git import commit_all

from ..real_job import Ended, RealJob, wait, wait_all, wait_for_line
from .words import AFFECTED, AGENT, START, Jobs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_configured_run_reads_its_file(jobs: Jobs) -> None:
    """`start-nx-agents` reads `stop-after` from `.nx/ci-config.yaml`."""
    agent = jobs("agent-1").start(*AGENT)
    main = jobs("main")
    config = main.checkout / ".nx/ci-config.yaml"
    config.parent.mkdir(exist_ok=True)
    config.write_text("lifecycle:\n  stop-after: [lint]\n")
    assert main.run(*START).exit_code == 1
    assert main.run("npx", "nx-cloud", "start-nx-agents").exit_code == 0
    assert main.run(*AFFECTED, "-t", "lint").exit_code == 0
    ended = wait(agent)
    assert ended.exit_code == 0
    assert "every target of --stop-agents-after has run" in ended.output


def test_an_environment_overrides_the_file(jobs: Jobs, cloud: NxCloud) -> None:
    """`overrides` replaces some settings for one NX_CI_EXECUTION_ENV, and no others."""
    linux = {"NX_CI_EXECUTION_ENV": "linux"}
    pool = {"NX_AGENT_LAUNCH_TEMPLATE": "small"}
    agents = [
        jobs("agent-1").start(*AGENT, **linux),
        jobs("agent-2").start(*AGENT, **linux, **pool),
    ]
    main = jobs("main")
    rule = {"targets": ["lint"], "run-on": [{"agent": "small"}]}
    write_config(
        main,
        lifecycle={"stop-after": ["deploy"]},
        dte={"distribute-on": "manual", "assignment-rules": [rule]},
        overrides={"linux": {"lifecycle": {"stop-after": ["lint"]}}},
    )
    started = main.run("npx", "nx-cloud", "start-nx-agents", **linux)
    assert started == Ended(0, "")
    assert main.run(*AFFECTED, "-t", "lint", **linux).exit_code == 0
    assert wait_all(agents) == [0, 0]
    assert {each.agent for each in cloud.executions()} == {"agent-2"}


def write_config(job: RealJob, **sections: object) -> None:
    """Write .nx/ci-config.yaml as JSON, which is valid YAML."""
    file = job.checkout / ".nx/ci-config.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(sections))


def test_a_file_that_asks_for_hosted_agents_is_refused(jobs: Jobs) -> None:
    """A file that requests hosted agents, or has an invalid number, is refused."""
    main = jobs("main")
    start = ("npx", "nx-cloud", "start-nx-agents")
    write_config(main, dte={"distribute-on": "3 linux-medium-js"})
    assert 'a rehearsal supports only "manual"' in main.run(*start).output
    write_config(main, lifecycle={"fail-after": "never"})
    assert "fail-after is never, not a whole number" in main.run(*start).output


def test_pools_take_what_the_rules_give_them(jobs: Jobs, cloud: NxCloud) -> None:
    """With --assignment-rules, each pool runs only its own targets."""
    pools = {"small": "lint", "large": "build"}
    agents = [
        jobs(pool).start(*AGENT, NX_AGENT_LAUNCH_TEMPLATE=pool, NX_AGENT_NAME=pool)
        for pool in pools
    ]
    main = jobs("main")
    started = main.run(
        *START, "--stop-agents-after=build,lint", write_rules(main, pools)
    )
    assert started.exit_code == 0, started.output
    ended = main.run(*AFFECTED, "-t", "lint,build")
    assert (ended.exit_code, wait_all(agents)) == (0, [0, 0])
    ran = {(each.agent, each.task.split(":")[1]) for each in cloud.executions()}
    assert ran == set(pools.items())

    file = main.checkout / ".nx" / "assignment-rules.yaml"
    file.write_text(json.dumps({"assignment-rules": [{"targets": ["lint"]}]}))
    refused = main.run(*START, f"--assignment-rules={file}")
    assert refused.exit_code == 1
    assert "rule 1 needs run-on" in refused.output


def write_rules(job: RealJob, pools: dict[str, str]) -> str:
    """Write a rule for each pool and its target; return the flag with the file."""
    rules = [
        {"targets": [target], "run-on": [{"agent": pool, "parallelism": 2}]}
        for pool, target in pools.items()
    ]
    file = job.checkout / ".nx" / "assignment-rules.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"assignment-rules": rules}))
    return f"--assignment-rules={file}"


def test_a_pool_that_nobody_has(jobs: Jobs, cloud: NxCloud) -> None:
    """The tasks of a missing pool wait until main's timeout, and main names the
    pool."""
    agent = jobs("agent-1").start(*AGENT)
    wait_for_line(agent, "agent agent-1 of run")
    main = jobs("main")
    main.run(*START, write_rules(main, {"huge": "build"}))
    timeout = {"NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS": "20000"}
    ended = main.run(*AFFECTED, "-t", "lint,build", **timeout)
    assert ended.exit_code == 1
    assert "money:build waits, because no agent of the pool huge" in ended.output
    assert "No new completed tasks after 20 seconds." in ended.output
    assert len(cloud.executions()) == 4, "the other tasks have run"
    main.run("npx", "nx-cloud", "complete-ci-run")
    assert wait(agent).exit_code == 0


SERVER = """
const port = 20000 + Math.floor(Math.random() * 20000);
require('http').createServer((_, answer) => answer.end('up')).listen(port, () =>
  require('fs').writeFileSync('port', String(port)));
"""
USER = """
const port = () => require('fs').readFileSync('port', 'utf8');
const ask = () => fetch(`http://127.0.0.1:${port()}`).then((it) => it.text());
const again = (left) => Promise.resolve().then(ask).catch((error) =>
  left ? new Promise((go) => setTimeout(go, 100)).then(() => again(left - 1))
       : Promise.reject(error));
again(100).then(console.log);
"""


def test_a_continuous_task_runs_beside_its_user(
    repository: Path, jobs: Jobs, cloud: NxCloud
) -> None:
    """A server starts and ends with the task that needs it, on the same agent."""
    for name, text in (("server.js", SERVER), ("user.js", USER)):
        (repository / "packages/money" / name).write_text(text)
    project = repository / "packages/money/project.json"
    content = json.loads(project.read_text())
    content["targets"]["serve"] = {
        "command": "node packages/money/server.js",
        "continuous": True,
        "dependsOn": ["build"],
    }
    content["targets"]["use"] = {
        "command": "node packages/money/user.js",
        "dependsOn": ["serve"],
        "cache": True,
    }
    project.write_text(json.dumps(content))
    commit_all(repository, "Serve money")
    agent = jobs("agent-1").start(*AGENT)
    main = jobs("main")
    main.run(*START, "--stop-agents-after=use")
    ended = main.run(*AFFECTED, "-t", "use")
    assert ended.exit_code == 0, ended.output
    ended = wait(agent)
    assert ended.exit_code == 0, ended.output
    assert "up" in ended.output.splitlines()
    ran = [(each.task, each.exit_code) for each in cloud.executions()]
    assert ran == [("money:build", 0), ("money:use", 0)]

    alone = main.run(*AFFECTED, "-t", "serve")
    assert alone.exit_code == 1
    assert "money:serve is a continuous task that no other task needs" in alone.output


def break_lint(repository: Path) -> None:
    """Commit a failing target `lint` in one project."""
    project = repository / "packages/money/project.json"
    content = json.loads(project.read_text())
    content["targets"]["lint"] = {"command": "exit 1"}
    project.write_text(json.dumps(content))
    commit_all(repository, "Break lint of money")


@pytest.mark.parametrize("start", ["flags", "file", "neither"])
def test_a_failed_command_ends_the_agents(
    repository: Path, jobs: Jobs, start: str
) -> None:
    """By default, a failed command ends the agents, however the run was started."""
    break_lint(repository)
    agent = jobs("agent-1").start(*AGENT)
    main = jobs("main")
    if start == "flags":
        main.run(*START, "--stop-agents-after=deploy")
    elif start == "file":
        write_config(main, lifecycle={"stop-after": ["deploy"]})
        main.run("npx", "nx-cloud", "start-nx-agents")
    else:
        main.run("npx", "nx-cloud", "record", "--", "true")
        main.run(*START, "--stop-agents-on-failure=false")
    failed = main.run(*AFFECTED, "-t", "lint", "--projects=money")
    assert failed.exit_code == 1
    ended = wait(agent)
    assert ended.exit_code == 0
    assert "ends: a command failed, and fail-after is 1" in ended.output


def test_a_failed_command_may_leave_the_agents(repository: Path, jobs: Jobs) -> None:
    """With `--stop-agents-on-failure=false`, the agents wait for the next command."""
    break_lint(repository)
    agent = jobs("agent-1").start(*AGENT)
    main = jobs("main")
    main.run(*START, "--stop-agents-on-failure=false", "--stop-agents-after=build")
    assert main.run(*AFFECTED, "-t", "lint", "--projects=money").exit_code == 1
    assert main.run(*AFFECTED, "-t", "build", "--projects=money").exit_code == 0
    ended = wait(agent)
    assert ended.exit_code == 0
    assert "every target of --stop-agents-after has run" in ended.output


def test_nx_affected_before_the_start_fixes_the_settings(jobs: Jobs) -> None:
    """If `nx affected` runs before the start, `--stop-agents-after` is ignored."""
    main = jobs("main")
    changed = "--files=packages/money/src/index.js"
    early = main.run("npx", "nx", "affected", "-t", "lint", changed)
    assert early.exit_code == 0, early.output
    late = main.run(*START, "--stop-agents-after=lint")
    assert late.exit_code == 0
    assert "the settings have no effect, because an earlier nx command" in late.output
    agent = jobs("agent-1").start(*AGENT)
    assert main.run(*AFFECTED, "-t", "lint").exit_code == 0
    main.run("npx", "nx-cloud", "complete-ci-run")
    ended = wait(agent)
    assert "ends: all agents were stopped" in ended.output
