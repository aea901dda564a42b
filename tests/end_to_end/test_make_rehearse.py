"""`make rehearse` in a fresh copy of the repository."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.test_own_pipelines import copy_repository
from tests.golden import Golden
from tests.refusal import TWO_LINES
from tests.transcripts import REHEARSAL

TASK = re.compile(r"^(\d) +(\S+:\S+) +(\S+) +(hit|miss) +(\d+) ", re.MULTILINE)


def run_make(folder: Path, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run `make rehearse` with an empty home, without variables of an outer make."""
    env = {name: text for name, text in os.environ.items() if "MAKE" not in name}
    # pip runs `rustc --version`, and the rustc of rustup writes to RUSTUP_HOME.
    env["RUSTUP_HOME"] = str(home.with_name("rustup"))
    return subprocess.run(
        ["make", "rehearse"],
        cwd=folder,
        # COLUMNS wraps the lines as in the README, even without a terminal.
        env={**env, "HOME": str(home), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_make_rehearse(tmp_path: Path, golden: Golden) -> None:
    """`make rehearse` shows a failure, a refusal, and a full rerun that passes."""
    home = tmp_path / "home"
    home.mkdir()
    done = run_make(copy_repository(tmp_path / "dte"), home)
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout
    for line in TWO_LINES:
        assert line in text
    assert "This is attempt 1 of workflow" in text
    assert "This is attempt 2 of workflow" in text
    assert re.search(r"run 2: dte/main was refused after \d+\.\d+ s", text)
    missed = {found[2]: found[3] for found in TASK.finditer(text) if found[4] == "miss"}
    assert len(set(missed.values())) > 1
    assert {"money:build", "tax:build", "shop:build"} <= set(missed)
    assert list(home.iterdir()) == []
    REHEARSAL.check(golden, text)
