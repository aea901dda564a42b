"""Cases of tests/cases/init: a workspace, the facts found, and the config's diff.

The command runs in the folder that contains nx.json.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from dte.bundled_orb import add_bundled_orb
from dte.check.config import check_config
from dte.compile import compile_config
from dte.model import PipelineValues
from tests.dte.init.workspaces import (
    CASES,
    CONFIG,
    NX,
    copy_case,
    list_comments,
    make_workspace,
    run_init,
)
from tests.git import git, make_repository
from tests.golden import Golden
from tests.tooling.repository import ROOT

NAMES = sorted(path.parent.name for path in CASES.glob("*/workspace"))
NOTHING = "nothing to change in .circleci/config.yml"


def start_of(repository: Path) -> Path:
    """Return the folder of the case's workspace."""
    return next(iter(sorted(repository.rglob("nx.json")))).parent


@pytest.mark.parametrize("name", NAMES)
def test_case(
    name: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`dte init` prints the case's found.json and expected.diff, and writes nothing."""
    repository = copy_case(CASES / name, tmp_path)
    before = (repository / CONFIG).exists()
    done = run_init(start_of(repository), monkeypatch, "--json")
    found = json.loads(done.stdout)
    assert Path(found.pop("repository")) == repository
    diff = found.pop("diff")
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    golden.check(CASES / name / "found.json", text)
    golden.check(CASES / name / "expected.diff", diff.replace("\r", "\\r"))
    assert (repository / CONFIG).exists() == before
    shown = run_init(start_of(repository), monkeypatch)
    assert shown.stdout_bytes.decode() == diff


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_changes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After --write, a second run changes nothing, and the config compiles."""
    repository = copy_case(CASES / name, tmp_path)
    start = start_of(repository)
    run_init(start, monkeypatch, "--write")
    again = run_init(start, monkeypatch)
    assert (again.stdout, again.exit_code) == ("", 0)
    assert NOTHING in again.stderr
    config = repository / CONFIG
    compiled = compile_config(
        config,
        orbs=add_bundled_orb({}, config),
        pipeline=PipelineValues(branch="main"),
        stub_missing_orbs=True,
    )
    assert compiled.workflows


def find_codes(config: Path) -> set[str]:
    """Return the codes that `dte check` finds in a config; empty for a missing file."""
    if not config.exists():
        return set()
    checked = check_config(config, orbs={}, pipeline=PipelineValues())
    return {one.code for one in checked.findings}


@pytest.mark.parametrize("name", NAMES)
def test_the_change_causes_no_finding(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the change, `dte check` has no new finding.

    A finding that another file causes is allowed, if a note of `dte init` names the
    file.
    """
    repository = copy_case(CASES / name, tmp_path)
    before = find_codes(repository / CONFIG)
    done = run_init(start_of(repository), monkeypatch, "--write")
    new = find_codes(repository / CONFIG) - before
    if "change it to `distribute-on: manual`" in done.stderr:
        new -= {"dte-check-hosted-agents"}
    assert new == set()


@pytest.mark.parametrize("name", NAMES)
def test_git_applies_the_diff(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git apply` of the diff gives the file that --write writes."""
    repository = copy_case(CASES / name, tmp_path)
    other = copy_case(CASES / name, tmp_path / "other")
    diff = run_init(start_of(repository), monkeypatch).stdout_bytes
    run_init(start_of(other), monkeypatch, "--write")
    if diff:
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=repository, input=diff, check=True)
    assert (other / CONFIG).read_bytes() == (repository / CONFIG).read_bytes()


@pytest.mark.parametrize("config", ["", "version: 2.1\njobs: {}\n"])
def test_the_documented_command_applies_the_diff_in_a_subfolder(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a subfolder, the command in docs/init.md changes the repository's config."""
    guide = (ROOT / "docs" / "init.md").read_text()
    (command,) = re.findall(r"`dte init \| (git -C [^`]*)`", guide)
    files = {"web/nx.json": "{}", "web/package.json": NX}
    repository = make_workspace(tmp_path / "repository", config, **files)
    (repository / ".git").rmdir()
    make_repository(repository)
    web = repository / "web"
    done = run_init(web, monkeypatch)
    subprocess.run(
        ["bash", "-c", command], cwd=web, input=done.stdout_bytes, check=True
    )
    assert NOTHING in run_init(web, monkeypatch).stderr
    assert git(repository, "status", "--short", "-uall").split()[1:] == [str(CONFIG)]


@pytest.mark.parametrize("name", NAMES)
def test_every_comment_stays(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed config keeps its comments and gets no new comments."""
    repository = copy_case(CASES / name, tmp_path)
    config = repository / CONFIG
    before = list_comments(config.read_text()) if config.exists() else []
    run_init(start_of(repository), monkeypatch, "--write")
    assert list_comments(config.read_text()) == before
