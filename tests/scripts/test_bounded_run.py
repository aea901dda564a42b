"""Commands that may not hang: nothing of them is left when their time is up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import bounded_run  # isort: skip

# As npx does: it starts the command as a child, which outlives it where only npx ends.
NPX = '#!/bin/bash\nsleep 60 & echo "$!" >"{pid}"\nwait\n'
PROGRAM = """
import sys
sys.path.insert(0, {library!r})
import bounded_run
bounded_run.SECONDS = 1.0
sys.exit(bounded_run.run_bounded([[{npx!r}]]))
"""


@pytest.fixture
def npx(tmp_path: Path) -> Iterator[Path]:
    """An npx that hangs; its child is killed after the test, whatever became of it."""
    npx, pid = tmp_path / "npx", tmp_path / "pid"
    npx.write_text(NPX.format(pid=pid))
    npx.chmod(0o755)
    yield npx
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid.read_text())).kill()


def test_a_time_out_ends_the_children_too(
    npx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What npx started ends with it, so it is never there beside the next try."""
    monkeypatch.setattr(bounded_run, "SECONDS", 1.0)
    assert not bounded_run.run_bounded([[str(npx)]])
    child = int(npx.with_name("pid").read_text())
    left = [process for process in psutil.process_iter() if process.pid == child]
    assert psutil.wait_procs(left, timeout=5)[1] == []


def test_a_time_out_closes_the_step_s_output(npx: Path) -> None:
    """Nothing holds the output of the step open, so its end can be read."""
    library = str(Path(bounded_run.__file__).parent)
    program = PROGRAM.format(library=library, npx=str(npx))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "no end after 1 seconds" in done.stderr
