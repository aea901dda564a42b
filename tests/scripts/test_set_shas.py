"""The base of every kind of build, in real git repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.git import git
from tests.scripts.base_cases import CASES, EMPTY, Case
from tests.scripts.jobs import Job
from tests.scripts.records import RunScript
from tests.scripts.repositories import Upstream


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_base_is_right(
    case: Case, shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """Each build in the table gets its expected base."""
    checkout = shop.clone(
        tmp_path / "my project",
        case.head,
        *case.clone,
        branch=case.branch,
        ref=case.ref,
    )
    job = Job(run_script, tmp_path, checkout)
    job.record([shop.commits[name] for name in case.passed])
    if main := case.env.get("DTE_MAIN_BRANCH"):
        job.record([shop.commits[name] for name in case.passed], main_branch=main)
    done = job.set_shas(CIRCLE_BRANCH=case.branch, CIRCLE_TAG=case.tag, **case.env)
    assert done.returncode == 0, done.stderr
    base = EMPTY if case.base == "everything" else shop.commits[case.base]
    expected = {"NX_BASE": base, "NX_HEAD": shop.commits[case.head]}
    assert job.read_exported() == expected, done.stderr
    assert done.stdout == "".join(
        f"{name}={value}\n" for name, value in expected.items()
    )
    assert case.said in done.stderr


def test_a_folder_below_the_root(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """A working directory below the checkout's root has no effect."""
    checkout = shop.clone(tmp_path / "project", "f2", branch="feature")
    below = checkout / "deep" / "er"
    below.mkdir(parents=True)
    job = Job(run_script, tmp_path, below)
    assert job.set_shas(CIRCLE_BRANCH="feature").returncode == 0
    assert job.read_exported()["NX_BASE"] == shop.commits["m4"]


def test_paths_with_spaces(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """Spaces, quotes and umlauts in folder names have no effect."""
    home = tmp_path / "my \"very\" own 'home' $HOME"
    checkout = shop.clone(home / "Läden & co", "m6", "--depth=1", branch="main")
    below = checkout / "my shop"
    below.mkdir()
    job = Job(run_script, home, below)
    job.record([shop.commits["x2"], shop.commits["m3"]])
    done = job.set_shas(CIRCLE_BRANCH="main")
    assert done.returncode == 0, done.stderr
    assert job.read_exported()["NX_BASE"] == shop.commits["m3"]


def test_the_current_folder_is_the_checkout(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """Without DTE_CHECKOUT the script uses the current folder."""
    checkout = shop.clone(tmp_path / "project", "f2", branch="feature")
    env = {"BASH_ENV": str(tmp_path / "env"), "CIRCLE_BRANCH": "feature"}
    done = run_script("set_shas", env, cwd=checkout)
    assert f"NX_BASE={shop.commits['m4']}\n" in done.stdout


def test_a_repository_of_sha256(tmp_path: Path, run_script: RunScript) -> None:
    """The empty tree and the revisions have the repository's object format."""
    shop = Upstream.create(tmp_path / "shop", "--object-format=sha256")
    shop.chain("m1", "m2")
    shop.set_ref("refs/heads/main", "m2")
    checkout = shop.clone(tmp_path / "project", "m2", branch="main")
    job = Job(run_script, tmp_path, checkout)
    job.record([])
    assert job.set_shas(CIRCLE_BRANCH="main").returncode == 0
    exported = job.read_exported()
    assert exported["NX_BASE"] == git(checkout, "hash-object", "-t", "tree", "--stdin")
    assert len(exported["NX_BASE"]) == len(exported["NX_HEAD"]) == 64


def test_a_full_clone_needs_no_network(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """With a record, git needs no network, even for a commit lost in a force push."""
    checkout = shop.clone(tmp_path / "p", "m6", "--filter=blob:none", branch="main")
    git(checkout, "remote", "set-url", "origin", "ssh://git.example.com/shop")
    job = Job(run_script, tmp_path, checkout)
    job.record([shop.commits["x2"], shop.commits["m2"]])
    asked = tmp_path / "asked"
    done = job.set_shas(CIRCLE_BRANCH="main", GIT_SSH_COMMAND=f"touch '{asked}'; false")
    assert f"NX_BASE={shop.commits['m2']}\n" in done.stdout
    assert "warning" not in done.stderr
    assert not asked.exists()


def test_variables_of_git_do_not_lead_elsewhere(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """GIT_DIR and similar variables in the environment have no effect."""
    other = Upstream.create(tmp_path / "other")
    other.chain("z1")
    other.set_ref("refs/heads/main", "z1")
    job = Job(run_script, tmp_path, shop.clone(tmp_path / "p", "f2", branch="feature"))
    done = job.set_shas(
        CIRCLE_BRANCH="feature",
        GIT_DIR=str(other.folder / ".git"),
        GIT_WORK_TREE=str(other.folder),
        GIT_TRACE="1",
        LC_ALL="de_DE.UTF-8",
    )
    assert f"NX_BASE={shop.commits['m4']}\n" in done.stdout
    assert "trace:" not in done.stderr
