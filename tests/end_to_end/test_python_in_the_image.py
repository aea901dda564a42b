"""The Python that the orb's scripts find: none, an old version, or pyenv's shim."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.dte.rehearse_config import Rehearsed, rehearse_text
from tests.end_to_end.fake_tools import install_fakes
from tests.end_to_end.test_nx_commands import ORBS, make_config

NAMES = ["bash", "sh", "git", "env", "cat", "mktemp", "rm", "uname", "dirname", "ls"]
ATTEMPT = """
version: 2.1
orbs: {dte: your-namespace/dte@1.0.0}
workflows: {build: {jobs: [dte/attempt]}}
"""
OLD_PYTHON = """#!/bin/bash
[ "$3" != -c ] || exit 0
exec {python} -c 'import sys
sys.version_info, sys.version = (3, 6, 9), "3.6.9 (old)"
import runpy
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")' "$3" "$4"
"""
SHIM = """#!/bin/bash
folder=$PWD
while [ "$folder" ]; do
  if [ -e "$folder/.python-version" ]; then
    echo "pyenv: version $(cat "$folder/.python-version") is not installed" >&2
    exit 127
  fi
  folder=${{folder%/*}}
done
exec {python} "$@"
"""


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with the commands of a small image, without Python."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in NAMES:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write_command(path: Path, text: str) -> None:
    """Write an executable command."""
    path.write_text(text)
    path.chmod(0o755)


def rehearse_attempt(tmp_path: Path) -> Rehearsed:
    """Rehearse a workflow with only the attempt job."""
    return rehearse_text(tmp_path, ATTEMPT, orbs=ORBS)


def test_a_missing_python_is_a_clear_error(tmp_path: Path, commands: Path) -> None:
    """In an image without python3, the message says how to install it."""
    done = rehearse_attempt(tmp_path)
    text = "\n".join(done.lines("dte/attempt"))
    assert done.job("dte/attempt").failed_step == "Unpack dte's code"
    assert "error: python3 does not start" in text
    assert "apt-get install python3" in text


def test_an_old_python_is_named(tmp_path: Path, commands: Path) -> None:
    """A python3 older than 3.8 is refused with its version, without a traceback."""
    write_command(commands / "python3", OLD_PYTHON.format(python=sys.executable))
    done = rehearse_attempt(tmp_path)
    text = "\n".join(done.lines("dte/attempt"))
    assert done.job("dte/attempt").failed_step == "Record the attempt"
    assert "error: dte needs Python 3.8 or later, and python3 is 3.6.9 (old)" in text
    assert "Traceback" not in text


def test_a_python_version_file_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .python-version in the checkout doesn't affect the orb's scripts."""
    install_fakes(tmp_path / "bin")
    write_command(tmp_path / "bin" / "python3", SHIM.format(python=sys.executable))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".python-version").write_text("2.7.1\n")
    look = [{"run": {"name": "Look", "command": "python3 -V || echo the shim ran"}}]
    done = rehearse_text(tmp_path, make_config({}, {}, {"setup": look}), orbs=ORBS)
    assert set(done.statuses().values()) == {"success"}
    assert "the shim ran" in done.lines("dte/main")
