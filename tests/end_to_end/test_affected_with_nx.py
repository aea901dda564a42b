"""Real Nx runs exactly the affected projects, on branches and on main."""

import shutil
from pathlib import Path

import pytest

from tests.dte.rehearse_config import Rehearsed
from tests.end_to_end.sample_workspace import (
    FAILING,
    IGNORED,
    ROOT,
    make_config,
    rehearse_sample,
)
from tests.git import git

pytestmark = pytest.mark.slow
EVERYTHING = {"money", "tax", "discounts", "shop"}


def commit_change(folder: Path, package: str) -> str:
    """Change one package and commit; returns the revision."""
    source = folder / "packages" / package / "src" / "index.js"
    source.write_text(source.read_text() + "\n// One line more.\n")
    git(folder, "commit", "--quiet", "--all", "-m", f"Change {package}")
    return git(folder, "rev-parse", "HEAD")


def make_history(folder: Path) -> list[str]:
    """Make three commits on main, and one on a branch `feature` on top of the third."""
    shutil.copytree(ROOT / "sample", folder, symlinks=True, ignore=IGNORED)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "First")
    first = git(folder, "rev-parse", "HEAD")
    revisions = [first, commit_change(folder, "money"), commit_change(folder, "tax")]
    git(folder, "checkout", "--quiet", "-b", "feature")
    commit_change(folder, "discounts")
    return revisions


def affected(done: Rehearsed, run: int) -> set[str]:
    """Return the affected projects of a run: the projects whose e2e-ci ran.

    `build` also runs in the dependencies of an affected project, and `lint` only if a
    file of the project itself changed, since Nx 24 knows each target's inputs.
    """
    run_id = done.report.runs[run - 1].id
    tasks = [task.task for task in done.report.tasks if run_id in task.run_id]
    return {name.split(":")[0] for name in tasks if name.split(":")[1] == "e2e-ci"}


def said(done: Rehearsed, name: str, run: int) -> str:
    """Return the value of NX_BASE or NX_HEAD that main exported in a run."""
    lines = done.lines("dte/main", run)
    found = next(line for line in lines if line.startswith(f"{name}="))
    return found.removeprefix(f"{name}=")


def test_nx_affected_runs_what_it_should(tmp_path: Path, node_modules: Path) -> None:
    """Everything is affected until main has passed, then only what changed since.

    The second revision of main passes only in a rerun. It is the base of the third
    revision. The base of the branch is its merge base with main.
    """
    first, second, third = make_history(tmp_path / "project")
    done = rehearse_sample(
        tmp_path,
        make_config(node_modules, agents=1),
        branch="main",
        revision=first,
        variables=FAILING,
        then=(
            f"push:main@{second}",
            "set:SAMPLE_PAYMENTS=on",
            "rerun-from-start",
            f"push:main@{third}",
            "push:feature",
        ),
    )
    statuses = [run.status for run in done.report.runs]
    assert statuses == ["failed", "failed", "success", "success", "success"]
    assert [affected(done, run) for run in (1, 2, 3)] == [EVERYTHING] * 3
    assert (said(done, "NX_BASE", 4), said(done, "NX_HEAD", 4)) == (second, third)
    assert affected(done, 4) == {"tax", "shop"}
    assert said(done, "NX_BASE", 5) == third
    assert affected(done, 5) == {"discounts", "shop"}
