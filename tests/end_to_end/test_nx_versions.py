"""The sample is rehearsed with one release of each major version of Nx."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.faults.row import DOWN, MAIN, UP, refused
from tests.end_to_end.sample_workspace import (
    IGNORED,
    ROOT,
    make_config,
    rehearse_sample,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

OLDEST = "18.3.5"
# The sample itself uses the newest version, which `make rehearse` tests completely.
VERSIONS = (OLDEST, "19.8.14", "20.3.0", "20.8.4", "21.6.11", "22.7.12", "23.3.2")
BUILDS = {f"{project}:build" for project in ("money", "tax", "discounts", "shop")}
STEPS: dict[str, list[str]] = {"record": []}


def install(folder: Path, version: str) -> Path:
    """Copy the sample with this version of Nx; return its installed node_modules."""
    project = folder / "project"
    shutil.copytree(ROOT / "sample", project, symlinks=True, ignore=IGNORED)
    (project / "package-lock.json").unlink()
    package = json.loads((project / "package.json").read_text())
    package["devDependencies"]["nx"] = version
    (project / "package.json").write_text(json.dumps(package))
    installed = folder / "installed"
    shutil.copytree(project, installed, symlinks=True)
    subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=installed,
        check=True,
        capture_output=True,
    )
    return installed / "node_modules"


def ran(done: Rehearsed, run: int) -> dict[str, tuple[str, str]]:
    """Return the agent and the cache state of each task that passed in a run."""
    run_id = done.report.runs[run - 1].id
    return {
        task.task: (task.agent, task.cache)
        for task in done.report.tasks
        if task.run_id == run_id and task.exit_code == 0
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_rehearsal_with_each_major(tmp_path: Path, version: str) -> None:
    """Each task runs once, and its outputs reach the other agents that need them."""
    modules = install(tmp_path, version)
    main = {**STEPS, "targets": "lint,build"}
    config = make_config(modules, agents=2, main=main)
    done = rehearse_sample(tmp_path, config)
    assert set(done.statuses().values()) == {"success"}, done.lines(MAIN)
    tasks = ran(done, 1)
    assert len(tasks) == len(done.report.tasks) == 8
    assert set(tasks) >= BUILDS
    assert {agent for agent, _ in tasks.values()} <= {"agent-1", "agent-2"}
    assert {cache for _, cache in tasks.values()} == {"miss"}


def test_the_whole_story_with_the_oldest(tmp_path: Path) -> None:
    """After a failure and a refused partial rerun, a full rerun uses cached builds."""
    modules = install(tmp_path, OLDEST)
    main = {**STEPS, "targets": "build,e2e-ci"}
    config = make_config(modules, agents=2, main=main)
    then = ("rerun-from-failed", UP, "rerun-from-start")
    done = rehearse_sample(tmp_path, config, variables=DOWN, then=then)
    statuses = [run.status for run in done.report.runs]
    assert statuses == ["failed", "failed", "success"], done.lines(MAIN, 3)
    assert all(said.text in done.lines(MAIN, 2) for said in refused(2, MAIN))
    replayed = {name for name, (_, cache) in ran(done, 3).items() if cache == "hit"}
    assert replayed >= BUILDS
    assert ran(done, 3)["shop:e2e-ci"][1] == "miss"
