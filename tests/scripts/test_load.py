"""The loader in shells that it can't work in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.scripts.conftest import SCRIPTS

LOADER = SCRIPTS / "load.sh"
SCRIPT = """
import os, sys
sys.path.insert(0, os.getcwd())
import word, other
print(word.WORD + other.WORD)
"""


def load(shell: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the loader as a step in `shell` would, with a script that prints."""
    env = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(folder),
        "DTE_SCRIPT": SCRIPT,
        "DTE_MODULE_word": "WORD = 'lo'",
        "DTE_MODULE_other": "WORD = 'aded'",
    }
    return subprocess.run(
        [*shell, str(LOADER)],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_shell_that_is_not_bash_is_refused(tmp_path: Path) -> None:
    """Where /bin/sh is dash or busybox's, the message says how to get bash."""
    plain = tmp_path / "shell"
    # A plain POSIX shell, also where this machine's sh is a bash.
    plain.write_text('#!/bin/sh\nunset BASH_VERSION\n. "$1"\n')
    plain.chmod(0o755)
    done = load([str(plain)], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: dte needs bash")
    assert "apk add bash" in done.stderr
    assert "Illegal option" not in done.stderr


@pytest.mark.parametrize("shell", [["bash"], ["bash", "--posix", "-eo", "pipefail"]])
def test_bash_loads_the_script_and_its_modules(
    tmp_path: Path, shell: list[str]
) -> None:
    """Every module is there, in bash's own mode and in the one that `sh` gives it."""
    assert load(shell, tmp_path).stdout == "loaded\n"
