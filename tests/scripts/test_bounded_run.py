"""Commands with a timeout, which ends all of their processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import bounded_run  # isort: skip
import projects  # isort: skip

# Like the real npx, this starts a child, which survives if only npx is killed.
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
    """An npx that hangs. Its child process is always killed after the test."""
    npx, pid = tmp_path / "npx", tmp_path / "pid"
    npx.write_text(NPX.format(pid=pid))
    npx.chmod(0o755)
    yield npx
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid.read_text())).kill()


def test_a_timeout_kills_the_children_too(
    npx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The children of npx are killed with it, so none runs during the next try."""
    monkeypatch.setattr(bounded_run, "SECONDS", 1.0)
    assert not bounded_run.run_bounded([[str(npx)]])
    child = int(npx.with_name("pid").read_text())
    left = [process for process in psutil.process_iter() if process.pid == child]
    assert psutil.wait_procs(left, timeout=5)[1] == []


def test_a_timeout_closes_the_output_of_the_step(npx: Path) -> None:
    """No process keeps the output of the step open after a timeout."""
    library = str(Path(bounded_run.__file__).parent)
    program = PROGRAM.format(library=library, npx=str(npx))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "did not end within 1 s" in done.stderr


def test_a_question_to_nx_has_a_timeout(
    npx: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A child of npx that keeps the pipes open doesn't keep the step waiting."""
    monkeypatch.setattr(projects, "SECONDS", 1.0)
    monkeypatch.setattr(projects, "call_nx", lambda *_: [str(npx)])
    assert projects.list_affected("main", "HEAD") is None
    child = int(npx.with_name("pid").read_text())
    left = [process for process in psutil.process_iter() if process.pid == child]
    assert psutil.wait_procs(left, timeout=5)[1] == []
    assert "did not end within 1 s" in capsys.readouterr().err


def test_a_missing_program_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program that can't start is named, and the next try follows."""
    monkeypatch.setattr(bounded_run, "PAUSE", 0.0)
    missing = str(tmp_path / "npx")
    assert bounded_run.run_bounded([[missing], ["true"]])
    warning = f"warning: {missing} can't be started: No such file or directory"
    assert warning in capsys.readouterr().err
