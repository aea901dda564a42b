"""The commands that a page shows, run with the config that the same page shows."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dte.cli import main
from tests.docs.pages import list_commands, read_commands, read_config
from tests.end_to_end.sample_workspace import IGNORED, ROOT
from tests.git import git, make_repository
from tests.golden import Golden
from tests.transcripts import HANG

pytestmark = pytest.mark.slow
HANG_COMMANDS = read_commands("docs/hang.md")
DTE = (ROOT / "sample" / ".circleci" / "config.yml").read_text(encoding="utf-8")


def make_branch(folder: Path, config: str) -> Path:
    """Make a clone of the sample on a branch that changes a project."""
    project = folder / "project"
    shutil.copytree(ROOT / "sample", project, symlinks=True, ignore=IGNORED)
    (project / ".circleci" / "config.yml").write_text(config, encoding="utf-8")
    git = ["git", "-C", str(project), "-c", "user.name=x", "-c", "user.email=x@x"]
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message=One"),
        ("checkout", "--quiet", "-b", "change"),
    ):
        subprocess.run([*git, *words], check=True)
    with (project / "packages" / "money" / "README.md").open("a") as file:
        file.write("# Money\n")
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=Two"], check=True)
    return project


def link_packages(config: str, node_modules: Path) -> str:
    """Return the config with the packages linked instead of installed."""
    install = f'{{ install: "cp -al {node_modules} .", requires: [dte/attempt] }}'
    return config.replace("requires: [dte/attempt]", f"<<: {install}")


def run(project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> Result:
    """Run a page's command in the folder of the project."""
    monkeypatch.chdir(project)
    report = ("--logs", "../logs", "--verbose")
    return CliRunner().invoke(main, [*words[1:], *report], catch_exceptions=False)


def test_the_recipe_hangs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    node_modules: Path,
    golden: Golden,
) -> None:
    """In docs/hang.md, the recipe waits for carried-over agents until its timeout."""
    config = read_config("hang").replace("npm ci", f"cp -al {node_modules} .")
    done = run(make_branch(tmp_path, config), monkeypatch, HANG_COMMANDS[0])
    assert done.exit_code == 0, done.output
    HANG.check(golden, done.output)


def test_dte_refuses_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node_modules: Path
) -> None:
    """In docs/hang.md, dte's main is refused, and then a full rerun passes."""
    config = link_packages(DTE, node_modules)
    done = run(make_branch(tmp_path, config), monkeypatch, HANG_COMMANDS[1])
    assert done.exit_code == 0, done.output
    assert "run 2: dte/main was refused after" in done.output


def test_a_fork_without_a_token_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node_modules: Path
) -> None:
    """In docs/forks.md, the run without a token passes, and main runs the tasks."""
    config = link_packages(read_config("forks"), node_modules)
    (command,) = read_commands("docs/forks.md")
    done = run(make_branch(tmp_path, config), monkeypatch, command)
    assert done.exit_code == 0, done.output
    assert "notice: main runs all tasks itself" in done.output
    assert "Nx Cloud (stand-in)" not in done.output


def test_nx_shows_what_two_revisions_affect(tmp_path: Path, node_modules: Path) -> None:
    """The command in docs/everything-affected.md prints the affected projects."""
    project = make_branch(tmp_path, DTE)
    (project / "node_modules").symlink_to(node_modules)
    page = "docs/everything-affected.md"
    (words,) = (one for name, one in list_commands() if name == page)
    command = " ".join(words)
    for option, branch in (("base", "main"), ("head", "change")):
        revision = git(project, "rev-parse", "--short=12", branch)
        command, found = re.subn(
            rf"(--{option}=)[0-9a-f]{{12}}\b", rf"\g<1>{revision}", command
        )
        assert found == 1
    env = {**os.environ, "NX_DAEMON": "false", "NX_NO_CLOUD": "true"}
    done = subprocess.run(
        shlex.split(command),
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "money" in done.stdout.split()


def test_agents_wait_for_a_main_that_failed_in_its_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node_modules: Path
) -> None:
    """In docs/agents-timeout.md, `dte check` finds nothing, but the agents time out."""
    config = link_packages(read_config("agents-timeout"), node_modules)
    project = make_branch(tmp_path, config)
    check, rehearse = read_commands("docs/agents-timeout.md")
    monkeypatch.chdir(project)
    checked = CliRunner().invoke(main, check[1:], catch_exceptions=False)
    assert checked.exit_code == 0, checked.output
    done = run(project, monkeypatch, rehearse)
    assert done.exit_code == 0, done.output
    for machine in range(3):
        timed_out = f"dte/agent #{machine} │  NX   No new messages received after 30 s"
        assert timed_out in done.output


def test_an_event_of_a_pull_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fakes: Path
) -> None:
    """In docs/github-app.md, base branch and number come from the event's payload."""
    project = tmp_path / "shop"
    (project / ".circleci").mkdir(parents=True)
    (project / ".circleci" / "config.yml").write_text(read_config("github-app"))
    pull = {"number": 7, "base": {"ref": "release"}}
    (project / "event.json").write_text(json.dumps({"pull_request": pull}))
    (project / "nx.json").write_text("{}")
    make_repository(project)
    for branch in ("release", "my-change"):
        git(project, "branch", branch)
    compiling, rehearsing = read_commands("docs/github-app.md")
    monkeypatch.chdir(project)
    compiled = CliRunner().invoke(main, compiling[1:], catch_exceptions=False)
    assert "DTE_BASE_BRANCH: release\n" in compiled.output
    assert compiled.output.count("DTE_NX_BRANCH: ' 7'\n") == 4
    done = run(project, monkeypatch, rehearsing)
    assert done.exit_code == 0, done.output
