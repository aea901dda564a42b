"""Whole cases of tests/cases/init: a workspace, what is found in it, and the diff.

`subfolder` of a case is where the command runs; the default is the repository.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from dte.bundled_orb import add_bundled_orb
from dte.compile import compile_config
from dte.model import PipelineValues
from tests.dte.init.workspaces import CASES, CONFIG, copy_case, run_init
from tests.golden import Golden

NAMES = sorted(path.parent.name for path in CASES.glob("*/workspace"))
NOTHING = "nothing to change in .circleci/config.yml"


def start_of(repository: Path) -> Path:
    """The folder of the case's workspace."""
    return next(iter(sorted(repository.rglob("nx.json")))).parent


@pytest.mark.parametrize("name", NAMES)
def test_case(
    name: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case has its found.json and its expected.diff, and nothing is written."""
    repository = copy_case(CASES / name, tmp_path)
    before = (repository / CONFIG).exists()
    done = run_init(start_of(repository), monkeypatch, "--json")
    found = json.loads(done.stdout)
    assert Path(found.pop("repository")) == repository
    diff = found.pop("diff")
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    golden.check(CASES / name / "found.json", text)
    golden.check(CASES / name / "expected.diff", diff)
    assert (repository / CONFIG).exists() == before
    assert run_init(start_of(repository), monkeypatch).stdout == diff


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_changes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After --write there is nothing to change, and the file compiles."""
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


@pytest.mark.parametrize("name", NAMES)
def test_git_applies_the_diff(name: str, tmp_path: Path) -> None:
    """`git apply` of the diff gives the file that --write writes."""
    repository = copy_case(CASES / name, tmp_path)
    diff = CASES / name / "expected.diff"
    if not diff.read_text():
        return
    command = ["git", "apply", "--whitespace=nowarn", str(diff)]
    subprocess.run(command, cwd=repository, check=True)
    applied = (repository / CONFIG).read_bytes()
    other = copy_case(CASES / name, tmp_path / "other")
    with pytest.MonkeyPatch.context() as patch:
        run_init(start_of(other), patch, "--write")
    assert (other / CONFIG).read_bytes() == applied
