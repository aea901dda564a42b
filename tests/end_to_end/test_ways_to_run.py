"""Ways to run main and agents, with real Nx; failures are in faults/."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dte.order.scenario import plan_faults
from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.faults.row import AGENT, MAIN, NOTHING_AFFECTED, TASKS
from tests.end_to_end.sample_workspace import (
    IGNORED,
    ROOT,
    make_config,
    rehearse_sample,
)
from tests.git import make_repository

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

QUICK = {"targets": "lint", "record": []}
LINTS = {f"{project}:lint" for project in ("money", "tax", "discounts", "shop")}


def passed_tasks(done: Rehearsed, *, of: str = "") -> dict[str, str]:
    """Return the passed tasks of the run whose id ends with `of`, and their agents."""
    return {
        task.task: task.agent
        for task in done.report.tasks
        if task.exit_code == 0 and task.run_id.endswith(of)
    }


def commit_config(project: Path, text: str) -> None:
    """Make `project` a repository of the sample with this .nx/ci-config.yaml."""
    shutil.copytree(ROOT / "sample", project, symlinks=True, ignore=IGNORED)
    (project / ".nx").mkdir()
    (project / ".nx" / "ci-config.yaml").write_text(text)
    make_repository(project)


def test_a_fork_without_a_token(tmp_path: Path, node_modules: Path) -> None:
    """Without a token and with `run_without_agents`, all jobs pass."""
    alone = {"when_not_connected": "run_without_agents"}
    main = {"targets": "lint,e2e-ci", **alone}
    project = tmp_path / "project"
    shutil.copytree(ROOT / "sample", project, symlinks=True, ignore=IGNORED)
    shop = project / "packages" / "shop" / "project.json"
    fields = json.loads(shop.read_text())
    # This is how Nx's plugins mark a target that they split for agents.
    fields["targets"]["e2e-ci"]["metadata"] = {"nonAtomizedTarget": "e2e"}
    shop.write_text(json.dumps(fields, indent=2) + "\n")
    config = make_config(node_modules, agents=1, agent=alone, main=main)
    done = rehearse_sample(tmp_path, config, variables={"NX_CLOUD_ACCESS_TOKEN": ""})
    assert set(done.statuses().values()) == {"success"}, done.lines(MAIN)
    assert any("has nothing to do" in line for line in done.lines(AGENT))
    assert "Main runs without agents, so this check is not recorded." in done.lines(
        MAIN
    )
    assert any("Successfully ran target" in line for line in done.lines(MAIN))
    assert passed_tasks(done) == {}, "nothing went through Nx Cloud"


def test_a_run_that_a_file_configures(tmp_path: Path, node_modules: Path) -> None:
    """`start: config` starts the run from the committed .nx/ci-config.yaml."""
    commit_config(tmp_path / "project", "lifecycle: {stop-after: [lint]}")
    config = make_config(node_modules, agents=1, main={**QUICK, "start": "config"})
    done = rehearse_sample(tmp_path, config)
    assert set(done.statuses().values()) == {"success"}, done.lines(MAIN)
    ended = "ends: every target of --stop-agents-after has run"
    assert any(ended in line for line in done.lines(AGENT))
    assert passed_tasks(done) == dict.fromkeys(LINTS, "agent-1")


def test_a_file_that_asks_for_completion(tmp_path: Path, node_modules: Path) -> None:
    """If the file turns the heartbeat off, main completes even a run without tasks."""
    commit_config(tmp_path / "project", "lifecycle: {heartbeat: false}")
    main = {**QUICK, **NOTHING_AFFECTED, "start": "config", "explicit_completion": True}
    done = rehearse_sample(tmp_path, make_config(node_modules, agents=1, main=main))
    assert set(done.statuses().values()) == {"success"}, done.lines(MAIN)
    assert "Complete the CI pipeline execution" in {
        step.name for _, job, step in done.heard.steps if job == MAIN
    }


def test_two_mains_at_once(tmp_path: Path, node_modules: Path) -> None:
    """Two mains of one workflow have separate runs and agents."""
    extra = {"requires": ["dte/attempt"], "install": f"cp -al '{node_modules}' ."}
    other = {**extra, "execution_environment": "other"}
    one = {"execution_environment": "one"}
    config = make_config(
        node_modules,
        agents=1,
        agent=one,
        main={**QUICK, **one},
        more_jobs=[
            {"dte/agent": {"name": "other agent", **other}},
            {"dte/main": {"name": "other main", **QUICK, **other, "targets": "build"}},
        ],
    )
    done = rehearse_sample(tmp_path, config)
    assert set(done.statuses().values()) == {"success"}, done.lines("other main")
    assert passed_tasks(done, of="-one") == dict.fromkeys(LINTS, "agent-1")
    builds = {name.replace(":lint", ":build") for name in LINTS}
    assert passed_tasks(done, of="-other") == dict.fromkeys(builds, "agent-0")


def test_agents_that_are_limited_to_targets(tmp_path: Path, node_modules: Path) -> None:
    """`agent_arguments` limits each agent's targets; unknown arguments are named."""
    builder = {
        "name": "builder",
        "ordinal": 2,
        "requires": ["dte/attempt"],
        "install": f"cp -al '{node_modules}' .",
        "agent_arguments": "--targets=build --scheduling-constraints=big",
    }
    config = make_config(
        node_modules,
        agents=1,
        agent={"agent_arguments": "--targets=lint"},
        main={**QUICK, "targets": "lint build"},
        more_jobs=[{"dte/agent": builder}],
    )
    done = rehearse_sample(tmp_path, config)
    assert set(done.statuses().values()) == {"success"}, done.lines(MAIN)
    builds = {name.replace(":lint", ":build") for name in LINTS}
    agents = {**dict.fromkeys(LINTS, "agent-1"), **dict.fromkeys(builds, "agent-2")}
    assert passed_tasks(done) == agents
    notice = "--scheduling-constraints=big is unknown and has no effect"
    assert any(notice in line for line in done.lines("builder"))


def test_a_failed_record_that_is_ignored_inside(
    tmp_path: Path, node_modules: Path
) -> None:
    """A failure that the recorded command itself ignores does not end the run."""
    ignored = "npx nx-cloud record -- sh -c 'false || true'"
    record = [{"run": {"name": "Record", "command": ignored}}]
    config = make_config(node_modules, agents=1, main={**QUICK, "record": record})
    done = rehearse_sample(tmp_path, config)
    assert set(done.statuses().values()) == {"success"}, done.lines(MAIN)
    assert passed_tasks(done) == dict.fromkeys(LINTS, "agent-1")


def test_a_lost_main_with_explicit_completion(
    tmp_path: Path, node_modules: Path
) -> None:
    """If a lost main had no heartbeat, the agents end after `agent_timeout`."""
    config = make_config(
        node_modules,
        agents=1,
        agent={"agent_timeout": "20s"},
        main={**QUICK, "explicit_completion": True},
    )
    lost = plan_faults((), (f"{MAIN}:{TASKS}@0.5",), ())
    done = rehearse_sample(tmp_path, config, faults=lost)
    assert (done.statuses()[MAIN], done.statuses()[AGENT]) == ("failed", "failed")
    talk = "\n".join(done.lines(AGENT))
    assert "No new messages received after 20 seconds" in talk
    assert "agent_timeout (20s)" in talk
