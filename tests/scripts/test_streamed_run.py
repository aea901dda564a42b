"""A step passes on its command's output and signals, even if the log is read late."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.scripts.conftest import recorded_command
from tests.scripts.nx_job import NxJob
from tests.scripts.test_bounded_run import PATIENCE
from tests.scripts.test_start_agent import NO_CLIENT
from tools.carried_code import copy_code

from retries import PAUSES  # isort: skip


def start_process(
    nx_job: NxJob, folder: Path, stdout: int | None = None
) -> subprocess.Popen[str]:
    """Start the agent's script as a process that waits for ten minutes before its
    second try."""
    code = copy_code(folder / "code")
    retries, pauses = code / "retries.py", f"PAUSES = {PAUSES}"
    assert pauses in retries.read_text()
    retries.write_text(retries.read_text().replace(pauses, "PAUSES = (600.0, 0.0)"))
    env = {
        "PATH": f"{nx_job.bin}{os.pathsep}{os.environ['PATH']}",
        "BASH_ENV": str(folder / "bash_env"),
        "DTE_CHECKOUT": str(nx_job.checkout),
        "NX_CLOUD_ACCESS_TOKEN": "token",
    }
    words = [*recorded_command(), str(code), "start_agent"]
    return subprocess.Popen(
        words, env=env, stdout=stdout, stderr=subprocess.PIPE, text=True
    )


def wait_for(path: Path) -> None:
    """Wait until the agent has created a file."""
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"there is no {path}"
        time.sleep(0.02)


def test_a_log_that_is_read_late_is_complete(nx_job: NxJob, tmp_path: Path) -> None:
    """If CircleCI reads the output late, the step waits and prints all of it."""
    ended = tmp_path / "ended"
    printing = "head -c 100000 /dev/zero | tr '\\0' x; echo bye"
    nx_job.answer(1, f"{printing}; touch '{ended}'; exit 7")
    with start_process(nx_job, tmp_path, stdout=subprocess.PIPE) as process:
        wait_for(ended)
        time.sleep(3)
        printed, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, len(printed)) == (7, 100_004)
    assert printed.endswith("xbye\n")


def test_a_signal_between_two_tries_ends_the_agent(
    nx_job: NxJob, tmp_path: Path
) -> None:
    """SIGTERM between two tries ends the script, and no further try starts."""
    nx_job.answer(1, f"echo '{NO_CLIENT}'; exit 1")
    with start_process(nx_job, tmp_path) as process:
        assert process.stderr is not None
        assert any("trying again" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == -signal.SIGTERM
    assert len(nx_job.read_calls()) == 1


def test_a_signal_reaches_the_agent(nx_job: NxJob, tmp_path: Path) -> None:
    """SIGTERM reaches the agent's process, and the step's message names SIGTERM."""
    heard = tmp_path / "heard"
    nx_job.answer(
        1,
        f'trap \'touch "{heard}"; exit 143\' TERM; : >"{heard}.ready"; '
        "while :; do sleep 0.05; done",
    )
    with start_process(nx_job, tmp_path) as process:
        wait_for(Path(f"{heard}.ready"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 143
        assert process.stderr is not None
        talk = process.stderr.read()
    assert heard.exists()
    assert "The agent received SIGTERM: CircleCI canceled the job, or the" in talk
    assert "timed out" not in talk
