"""Projects and jobs that try to access other files or run commands."""

import os
import shutil
import urllib.error
import urllib.request
from contextlib import nullcontext
from pathlib import Path

import pytest

from dte.circleci_api import CircleCIApi
from dte.errors import UserError
from dte.run.project import take_project
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text
from tests.git import git

EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # git's hash of an empty file


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A command that creates the file `sprung` if anything runs the command."""
    script = tmp_path / "trap"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    script.chmod(0o755)
    return script


def make_hostile(folder: Path, trap: Path) -> Path:
    """Make a repository with a changed file, and with commands in its git config."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "file").write_text("one\n")
    (folder / ".gitattributes").write_text("* filter=x diff=x\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "First")
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "filter.x.clean",
        "filter.x.smudge",
        "diff.external",
        "uploadpack.packObjectsHook",
    ):
        git(folder, "config", key, str(trap))
    git(folder, "config", "core.hooksPath", str(trap.parent))
    # Change the length too: git may miss a same-length edit within a second.
    (folder / "file").write_text("changed\n")
    return folder


def test_the_project_s_git_configuration_is_never_obeyed(
    tmp_path: Path, trap: Path
) -> None:
    """No command in .git/config runs, and the uncommitted change is still noticed."""
    project = take_project(
        make_hostile(tmp_path / "project", trap), tmp_path / "origin"
    )
    assert project.note == "uncommitted changes are not rehearsed"
    assert not (tmp_path / "sprung").exists()
    git(tmp_path / "project", "status")
    assert (tmp_path / "sprung").exists(), "git itself does run it"


def test_a_nested_repository_is_not_obeyed(tmp_path: Path, trap: Path) -> None:
    """If a folder isn't a clone, the .git/config of a clone inside it has no effect."""
    folder = tmp_path / "folder"
    folder.mkdir()
    make_hostile(folder / "clone", trap)
    take_project(folder, tmp_path / "origin")
    assert not (tmp_path / "sprung").exists()
    shown = git(tmp_path / "origin", "show", "main:clone/file")
    assert shown == "changed"


@pytest.mark.timeout(60)
def test_a_folder_with_a_pipe_is_copied_without_it(tmp_path: Path) -> None:
    """A folder is copied without its pipes, as git does; files keep their mode."""
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "run").touch(mode=0o755)
    take_project(folder, tmp_path / "origin")
    shown = git(tmp_path / "origin", "ls-tree", "main")
    assert shown.split() == ["100755", "blob", EMPTY, "run"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("HEAD", True),
        ("refs/x", True),
        ("config", False),
        ("index", False),
        ("packed-refs", False),
    ],
)
def test_a_pipe_in_a_clone_is_never_opened(
    tmp_path: Path, trap: Path, name: str, refused: bool
) -> None:
    """A pipe in .git is left out, or refused with an error that names the project."""
    project = make_hostile(tmp_path / "project", trap)
    (project / ".git" / name).unlink(missing_ok=True)
    os.mkfifo(project / ".git" / name)
    said = f"{project} can't be copied: .*{name}"
    with pytest.raises(UserError, match=said) if refused else nullcontext():
        take_project(project, tmp_path / "origin")


def test_no_call_of_git_trusts_the_owner_of_more_folders(
    tmp_path: Path, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No git command of dte or of a job's checkout sets `safe.directory`."""
    project, log = make_hostile(tmp_path / "project", trap), tmp_path / "log"
    real = shutil.which("git")
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\n{{ echo "called: $*"\n'
        f"GIT_CONFIG_NOSYSTEM=1 {real} config --get-regexp '^safe'; }} >>{log}\n"
        f'exec {real} "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=os.pathsep)
    config = one_job("checkout", "run: {name: A, command: git status}")
    done = rehearse_text(tmp_path, config, project=project)
    assert done.statuses() == {"build": "success"}
    calls = log.read_text()
    assert "called: clone" in calls
    assert "called: status" in calls
    assert "safe" not in calls


def test_a_worktree_is_rehearsed_at_its_own_branch(tmp_path: Path) -> None:
    """A worktree is rehearsed at its own branch, with the objects of its clone."""
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch=main")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "First")
    git(clone, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "tree"))
    git(tmp_path / "tree", "commit", "--quiet", "--allow-empty", "-m", "Second")
    project = take_project(tmp_path / "tree", tmp_path / "origin")
    assert project.branch == "other"
    assert project.revision == git(tmp_path / "tree", "rev-parse", "HEAD")
    assert project.note == ""


def test_a_link_and_a_file_beneath_it_stay_in_the_home(tmp_path: Path) -> None:
    """A link persisted by one job can't redirect another job's files out of the
    home."""
    outside = tmp_path / "outside"
    outside.mkdir()
    job = "docker: [{image: any}]"
    text = f"""\
version: 2.1
jobs:
  a:
    {job}
    steps:
      - run: mkdir -p ~/w && ln -s {outside} ~/w/d && ln -s ../../../.. ~/w/e
      - persist_to_workspace: {{root: ~/w, paths: ['*']}}
  b:
    {job}
    steps:
      - run: mkdir -p ~/w/d ~/w/e && echo x > ~/w/d/file && echo x > ~/w/e/file
      - persist_to_workspace: {{root: ~/w, paths: [d, e]}}
  c:
    {job}
    steps:
      - run: mkdir ~/w && ln -s {outside} ~/w/d
      - attach_workspace: {{at: ~/w}}
workflows: {{all: {{jobs: [a, b: {{requires: [a]}}, c: {{requires: [b]}}]}}}}
"""
    done = rehearse_text(tmp_path, text)
    assert list(outside.iterdir()) == []
    assert any("Skipped 2 items" in line for line in done.lines("a"))
    assert done.statuses()["c"] == "failed"
    assert any("leads out of the job's home" in line for line in done.lines("c"))


@pytest.mark.parametrize(
    "step",
    [
        "store_artifacts: {path: .}",
        "persist_to_workspace: {root: ., paths: [.]}",
        "save_cache: {key: x, paths: [.]}",
    ],
)
def test_only_files_and_inner_links_are_stored(tmp_path: Path, step: str) -> None:
    """Pipes and links that lead outside are skipped with a notice; nothing hangs."""
    make = "mkfifo pipe; ln -s /etc/passwd p; touch file; ln -s file inner"
    done = rehearse_text(
        tmp_path, one_job(f"run: {{name: M, command: '{make}'}}", step)
    )
    assert done.statuses() == {"build": "success"}
    assert any("Skipped 2 items" in line for line in done.lines("build"))


def test_an_absolute_link_inside_the_home_survives(tmp_path: Path) -> None:
    """An absolute link into the home leads to the same path in the next job's home."""
    make = "run: {name: M, command: 'mkdir -p ~/w; echo x >~/w/f; ln -s ~/w/f ~/w/l'}"
    done = rehearse_text(
        tmp_path,
        one_job(
            make,
            "persist_to_workspace: {root: ~/w, paths: [.]}",
            "run: {name: D, command: rm -r ~/w}",
            "attach_workspace: {at: ~/v}",
            "run: {name: S, command: 'cat ~/v/l || test $CIRCLE_JOB = build'}",
        ).replace(
            "jobs: [build]", "jobs: [build, build: {name: b, requires: [build]}]"
        ),
    )
    assert done.lines("b")[-1] == "x"


def test_a_socket_is_no_artifact(tmp_path: Path) -> None:
    """A socket in a stored folder is skipped."""
    code = "import socket; socket.socket(socket.AF_UNIX).bind('s')"
    done = rehearse_text(
        tmp_path,
        one_job(
            f'run: {{name: M, shell: python3, command: "{code}"}}'.replace(
                "shell: python3", "shell: /usr/bin/env python3"
            ),
            "store_artifacts: {path: .}",
        ),
    )
    assert done.statuses() == {"build": "success"}


def test_the_api_answers_only_on_its_secret_path() -> None:
    """The local API answers 404 to another user, who knows only its port."""
    with CircleCIApi() as api:
        host = api.url.partition("/api/v2")[0].rpartition("/")[0]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{host}/api/v2/pipeline/x")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{api.url}/pipeline/x")
        assert b"Pipeline not found" in caught.value.read()
        caught.value.close()


@pytest.mark.timeout(120)
def test_a_line_without_an_end_is_bounded(tmp_path: Path) -> None:
    """Every byte of 40 MB without a line ending arrives, in pieces of bounded size."""
    size = 40_000_000
    step = f"run: {{name: A, command: 'head -c {size} /dev/zero | tr \"\\\\0\" x'}}"
    done = rehearse_text(tmp_path, one_job(step))
    lines = done.lines("build")
    assert sum(map(len, lines)) == size
    assert max(map(len, lines)) <= 1 << 16
    (result,) = done.report.runs[0].jobs[0].steps
    assert max(map(len, result.last_lines)) <= 2000
