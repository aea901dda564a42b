"""The commands in `docs/hang.md`, with the page's config and real Nx."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dte.cli import main
from tests.end_to_end.sample_workspace import IGNORED, ROOT, install_packages
from tests.golden import Golden
from tests.tooling.repository import ROOT as REPOSITORY
from tests.transcripts import HANG

pytestmark = pytest.mark.slow
PAGE = (REPOSITORY / "docs" / "hang.md").read_text(encoding="utf-8")
(RECIPE,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [
    shlex.split(text.replace("\\\n", " "))
    for text in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]
DTE = (ROOT / "sample" / ".circleci" / "config.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's packages, installed once."""
    return install_packages(tmp_path_factory.mktemp("packages"))


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


def run(project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> Result:
    """Run a command of the page in the project."""
    monkeypatch.chdir(project)
    report = ("--logs", "../logs", "--verbose")
    return CliRunner().invoke(main, [*words[1:], *report], catch_exceptions=False)


def test_the_recipe_hangs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    node_modules: Path,
    golden: Golden,
) -> None:
    """The page's recipe waits for agents that were carried over, until its timeout."""
    config = RECIPE.replace("npm ci", f"cp -al {node_modules} .")
    done = run(make_branch(tmp_path, config), monkeypatch, COMMANDS[0])
    assert done.exit_code == 0, done.output
    HANG.check(golden, done.output)


def test_dte_refuses_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node_modules: Path
) -> None:
    """The page's command for dte ends in a refusal and a full rerun that passes."""
    install = f'{{ install: "cp -al {node_modules} .", requires: [dte/attempt] }}'
    config = DTE.replace("requires: [dte/attempt]", f"<<: {install}")
    done = run(make_branch(tmp_path, config), monkeypatch, COMMANDS[1])
    assert done.exit_code == 0, done.output
    assert "run 2: dte/main was refused after" in done.output
