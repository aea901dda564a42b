"""With real Nx, main never passes without running the tasks that are due."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.affected_workspace import (
    TARGETS,
    AffectedWorkspace,
    build_workspace,
)
from tests.end_to_end.pairs import combine

pytestmark = pytest.mark.slow

# Nx 17 and 18 end a run without tasks with "Successfully ran", for 0 projects.
OLDEST = "17.3.2"

PARAMETERS = {
    "targets": [
        *("lint,test,build", "lint test build", "\tlint\n, build,,", "spell,lint"),
        *("lnit build", "lnit tset", "--help", ""),
    ],
    "nx_arguments": [
        *("", "--help", "--print", "--graph=graph.html", "--exclude=shop"),
        *(
            "--exclude=*",
            "-- --help",
            "--skip-nx-cache --verbose",
            "--output-style=summary",
        ),
    ],
    "change": ["all", "shop", "docs", "nothing", "same"],
    "mode": ["", "without_agents"],
    "configuration": ["", "ci", "production"],
    "parallel": ["1", "3"],
}
COMBINATIONS = combine(PARAMETERS)


@pytest.fixture(scope="module")
def workspace(
    tmp_path_factory: pytest.TempPathFactory, node_modules: Path
) -> AffectedWorkspace:
    """The workspace that all combinations use."""
    return build_workspace(tmp_path_factory.mktemp("affected"), node_modules)


@pytest.fixture(scope="module", params=["newest", OLDEST])
def any_workspace(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    workspace: AffectedWorkspace,
) -> AffectedWorkspace:
    """The workspace, once with the newest version of Nx and once with the oldest."""
    if request.param == "newest":
        return workspace
    folder = tmp_path_factory.mktemp("oldest")
    words = ["npm", "install", "--prefix", str(folder), "--ignore-scripts"]
    subprocess.run([*words, f"nx@{request.param}"], check=True, capture_output=True)
    return build_workspace(folder, folder / "node_modules")


def find_due(workspace: AffectedWorkspace, targets: str, change: str) -> set[str]:
    """Return the tasks for the targets in the affected projects."""
    return {
        f"{project}:{target}"
        for project in workspace.affected(change)
        for target in TARGETS[project]
        if target in re.split(r"[\s,]+", targets)
    }


def test_there_are_enough_combinations() -> None:
    """At least 60 combinations are tested."""
    assert len(COMBINATIONS) >= 60


@pytest.mark.timeout(900)
def test_no_combination_passes_without_a_task_that_was_due(
    workspace: AffectedWorkspace,
) -> None:
    """Main passes only if a task ran, or if none was due."""
    passed = []
    for each in COMBINATIONS:
        env = {
            f"DTE_{name.upper()}": value
            for name, value in each.items()
            if name != "change"
        }
        done = workspace.run(each["change"], **env)
        due = find_due(workspace, each["targets"], each["change"])
        talk = f"{each}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in talk
        assert done.returncode in (0, 1, 2), talk
        if done.returncode == 0:
            assert workspace.ran() or not due, talk
            assert workspace.ran() <= due, talk
            passed.append(bool(due))
    assert {True, False} == set(passed), "some pass with tasks, some without"


@pytest.mark.parametrize(
    ("targets", "change", "status", "said"),
    [
        pytest.param("lint test build", "shop", 0, "", id="white space"),
        pytest.param("lnit,build", "all", 0, "Did you mean 'lint'?", id="a typo"),
        pytest.param(
            "lnit tset", "all", 1, "no project has any of the targets", id="all typos"
        ),
        pytest.param("--help", "all", 1, "no project has any", id="--help"),
        pytest.param("", "all", 2, "contains no target", id="empty"),
        pytest.param("lint", "same", 0, "are the same commit", id="base equal to head"),
        pytest.param(
            "lint", "nothing", 0, "There was no task to run", id="nothing affected"
        ),
        pytest.param(
            "lint", "docs", 0, "There was no task to run", id="no affected target"
        ),
    ],
)
def test_each_known_way_to_a_false_green(
    any_workspace: AffectedWorkspace, targets: str, change: str, status: int, said: str
) -> None:
    """Each case ends as its row says, and runs exactly the tasks that are due."""
    done = any_workspace.run(change, DTE_TARGETS=targets)
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert any_workspace.ran() == find_due(any_workspace, targets, change)


@pytest.mark.parametrize(
    "words",
    [
        *("--help", "--graph=a.html", "--print", "--exclude=*"),
        "--output-style=summary --exclude=*",
    ],
)
def test_arguments_that_leave_no_task(
    any_workspace: AffectedWorkspace, words: str
) -> None:
    """Main fails if its arguments make Nx skip the due tasks."""
    done = any_workspace.run("all", DTE_TARGETS="lint", DTE_NX_ARGUMENTS=words)
    assert done.returncode != 0
    assert any_workspace.ran() == set()


@pytest.mark.parametrize("mode", ["", "without_agents"])
def test_no_option_of_ours_reaches_a_task(
    any_workspace: AffectedWorkspace, mode: str
) -> None:
    """Tasks get no option of dte: without agents, Nx before 18 gets `--no-dte`.

    Nx 17 would pass `--no-agents` on to each task, here to `echo`.
    """
    done = any_workspace.run("shop", DTE_TARGETS="lint", DTE_MODE=mode)
    assert done.returncode == 0, done.stderr
    assert any_workspace.trace.read_text() == "shop:lint\n"
