"""The repository that a rehearsal's checkouts clone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dte.errors import UserError
from dte.run.project import take_project
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text
from tests.git import git


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A user's clone on `feature`; its main is one commit behind the remote's main."""
    upstream = tmp_path / "upstream"
    upstream.mkdir()
    git(upstream, "init", "--quiet", "--initial-branch=main")
    git(upstream, "commit", "--quiet", "--allow-empty", "-m", "First")
    git(tmp_path, "clone", "--quiet", str(upstream), "clone")
    git(upstream, "commit", "--quiet", "--allow-empty", "-m", "Second")
    git(upstream, "branch", "feature", "main~1")
    clone = tmp_path / "clone"
    git(clone, "fetch", "--quiet")
    git(clone, "switch", "--quiet", "-c", "feature", "--no-track", "main")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    return clone


@pytest.mark.parametrize("has_main", [True, False])
def test_main_is_where_the_remote_has_it(
    clone: Path, tmp_path: Path, has_main: bool
) -> None:
    """A missing or outdated main branch is replaced by the remote's main branch."""
    if not has_main:
        git(clone, "branch", "--quiet", "-D", "main")
    origin = tmp_path / "origin"
    project = take_project(clone, origin)
    assert git(origin, "rev-parse", "main") == git(clone, "rev-parse", "origin/main")
    assert project.branch == "feature"
    assert git(origin, "rev-parse", "feature") == git(clone, "rev-parse", "HEAD")
    branches = git(origin, "for-each-ref", "--format=%(refname)", "refs/heads/")
    assert branches.split() == ["refs/heads/feature", "refs/heads/main"]


def test_a_branch_that_is_ahead_stays(clone: Path, tmp_path: Path) -> None:
    """Unpushed commits are rehearsed too."""
    git(clone, "branch", "--quiet", "--force", "main", "origin/main")
    git(clone, "switch", "--quiet", "main")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "Ahead")
    git(clone, "switch", "--quiet", "feature")
    origin = tmp_path / "origin"
    take_project(clone, origin)
    assert git(origin, "rev-parse", "main") == git(clone, "rev-parse", "main")


def test_a_branch_that_stands_in_the_way_stays(clone: Path, tmp_path: Path) -> None:
    """If the user has a branch `a`, the remote's branch `a/b` is left out."""
    git(tmp_path / "upstream", "branch", "fix/one")
    git(clone, "fetch", "--quiet")
    git(clone, "branch", "fix")
    origin = tmp_path / "origin"
    take_project(clone, origin)
    assert git(origin, "rev-parse", "fix") == git(clone, "rev-parse", "fix")


def test_a_blobless_clone(tmp_path: Path, clone: Path) -> None:
    """A blobless clone is copied without fetching the missing blobs."""
    upstream = tmp_path / "upstream"
    git(upstream, "config", "uploadpack.allowFilter", "true")
    for text in ("old", "new"):
        (upstream / "file").write_text(text)
        git(upstream, "add", "file")
        git(upstream, "commit", "--quiet", "-m", text)
    words = ("clone", "--quiet", "--filter=blob:none", upstream.as_uri(), "blobless")
    git(tmp_path, *words)
    upstream.rename(tmp_path / "gone")
    project = take_project(tmp_path / "blobless", tmp_path / "origin")
    shown = git(tmp_path / "origin", "show", f"{project.revision}:file")
    assert shown == "new"


def test_a_shallow_clone_is_refused(tmp_path: Path, clone: Path) -> None:
    """A shallow clone is refused with the command that fixes it."""
    upstream = (tmp_path / "upstream").as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", upstream, "shallow")
    with pytest.raises(UserError, match="is a shallow clone") as refused:
        take_project(tmp_path / "shallow", tmp_path / "origin")
    assert "git fetch --unshallow" in refused.value.suggestions[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_project_of_another_user_is_rehearsed(clone: Path, tmp_path: Path) -> None:
    """A project that belongs to another user is rehearsed, although git refuses its
    folder, because dte lets git read only the objects.
    """
    for path in (clone, *clone.rglob("*")):
        os.chown(path, 65534, 65534)
    done = rehearse_text(
        tmp_path,
        one_job(
            "checkout",
            "run: {name: A, command: 'git log --format=%s -1; git status --short'}",
        ),
        project=clone,
    )
    assert done.statuses() == {"build": "success"}
    assert done.lines("build") == ["Mine"]
    refused = subprocess.run(
        ["git", "status"],
        cwd=clone,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "dubious ownership" in refused.stderr


def test_a_project_that_can_t_be_read_is_named(clone: Path, tmp_path: Path) -> None:
    """If .git can't be read, a user error names the project; dte doesn't crash."""
    shutil.rmtree(clone / ".git")
    # Even root can't read a path that is too long.
    (clone / ".git").write_text(f"gitdir: {'x' * 5000}\n")
    with pytest.raises(UserError, match=f"{clone} can't be copied: .*"):
        take_project(clone, tmp_path / "origin")
