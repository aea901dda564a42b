"""Commands with a timeout, after which dte kills all their processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import psutil
import pytest

import bounded_run  # isort: skip
import commands  # isort: skip
import projects  # isort: skip

# Like the real npx, this starts a child, which survives if only npx is killed.
HANG = '#!/bin/bash\nsleep 120 & echo "$!" >"$0.new"; mv "$0.new" "$0.pid"\nwait\n'
PATIENCE = 60
# The timeout begins when the child runs, so a slow machine can't fail the test.
PROGRAM = """
import pathlib, sys, time
sys.path.insert(0, {library!r})
import bounded_run
def finish(process, seconds, finish=bounded_run.finish):
    while not pathlib.Path({npx!r} + ".pid").exists():
        time.sleep(0.02)
    return finish(process, seconds)
bounded_run.finish, bounded_run.SECONDS = finish, 1.0
sys.exit(bounded_run.run_bounded([[{npx!r}]]))
"""


def make_hanging(program: Path) -> Path:
    """Write a program that starts a child and hangs."""
    program.write_text(HANG)
    program.chmod(0o755)
    return program


def find_child(program: Path) -> psutil.Process:
    """Wait until the program that hangs has started its child; return the child."""
    pid, end = program.with_name(f"{program.name}.pid"), time.monotonic() + PATIENCE
    while not pid.exists():
        assert time.monotonic() < end, "the program started no child"
        time.sleep(0.02)
    return psutil.Process(int(pid.read_text()))


def start_timeouts_late(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, program: Path
) -> list[psutil.Process]:
    """Make the timeouts of `module` begin only when the child of `program` runs.

    The child is added to the returned list.
    """
    children: list[psutil.Process] = []

    def finish(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, bytes]:
        children.append(find_child(program))
        return commands.finish(process, seconds)

    monkeypatch.setattr(module, "finish", finish)
    return children


def wait_for_end(child: psutil.Process) -> None:
    """Wait until the child has ended; a zombie counts as ended."""
    end = time.monotonic() + PATIENCE
    with suppress(psutil.NoSuchProcess):
        while child.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < end, "the child was not killed"
            time.sleep(0.02)


@pytest.fixture
def npx(tmp_path: Path) -> Iterator[Path]:
    """An npx that hangs. Its child process is always killed after the test."""
    npx = make_hanging(tmp_path / "npx")
    yield npx
    with suppress(psutil.NoSuchProcess):
        find_child(npx).kill()


def test_a_timeout_kills_the_children_too(
    npx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout kills npx and its children, so that none runs during the next try."""
    children = start_timeouts_late(monkeypatch, bounded_run, npx)
    monkeypatch.setattr(bounded_run, "SECONDS", 1.0)
    assert not bounded_run.run_bounded([[str(npx)]])
    wait_for_end(*children)


def test_a_timeout_closes_the_output_of_the_step(npx: Path) -> None:
    """No process keeps the output of the step open after a timeout."""
    library = str(Path(bounded_run.__file__).parent)
    program = PROGRAM.format(library=library, npx=str(npx))
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "did not end within 1 s" in done.stderr


def test_a_question_to_nx_has_a_timeout(
    npx: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A child of npx that keeps the pipes open doesn't keep the step waiting."""
    children = start_timeouts_late(monkeypatch, projects, npx)
    monkeypatch.setattr(projects, "SECONDS", 1.0)
    monkeypatch.setattr(projects, "call_nx", lambda *_: [str(npx)])
    assert projects.list_affected("main", "HEAD") is None
    wait_for_end(*children)
    assert "did not end within 1 s" in capsys.readouterr().err


def test_a_missing_program_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If a program can't start, a warning names it, and the next try follows."""
    monkeypatch.setattr(bounded_run, "PAUSE", 0.0)
    missing = str(tmp_path / "npx")
    assert bounded_run.run_bounded([[missing], ["true"]])
    warning = f"warning: {missing} can't be started: No such file or directory"
    assert warning in capsys.readouterr().err
