"""A rehearsal leaves no processes and no files, however it ends."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dte.run.folders import open_folder, remove_leftovers
from dte.run.interrupt import Interrupt
from dte.run.processes import end_group
from dte.run.starter import start_helper
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

# A number that identifies the `sleep` processes of this test run.
OWN = os.getpid()
# The grace period is an hour, so that a process never ends during a test only because
# the grace period is over.
PATIENT_DTE = """\
import dte.run.processes
dte.run.processes.GRACE_SECONDS = 3600.0
from dte.cli import main
main()
"""


def find_processes(words: str) -> list[psutil.Process]:
    """Return every process whose command line contains `words`."""
    found = []
    for process in psutil.process_iter():
        try:
            if words in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.mark.parametrize("command", ["true", "false"])
def test_no_file_is_left(temporary: Path, tmp_path: Path, command: str) -> None:
    """Whether the workflow passes or fails, its folder and read-only files are gone."""
    lock = "mkdir -p ~/x && touch ~/x/y && chmod -R a-w ~/x"
    step = f"run: {{name: A, command: '{lock}; {command}'}}"
    rehearse_text(tmp_path, one_job(step))
    assert list(temporary.iterdir()) == []


def test_a_folder_can_be_kept(temporary: Path, tmp_path: Path) -> None:
    """With `keep`, the rehearsal's folder is not removed."""
    rehearse_text(tmp_path, one_job("run: {name: A, command: 'true'}"), keep=True)
    assert len(list(temporary.iterdir())) == 1


def test_no_daemon_is_left(tmp_path: Path) -> None:
    """A job's end kills its daemon, even in another session and without its parent."""
    words = f"time.sleep(300)  # {tmp_path}"
    script = tmp_path / "daemon.py"
    script.write_text(
        "import os, sys, time\n"
        "if os.fork() or os.setsid() or os.fork():\n    sys.exit()\n" + words + "\n"
    )
    step = f"run: {{name: A, command: 'python3 {script}; sleep 1'}}"
    rehearse_text(tmp_path, one_job(step))
    assert find_processes(str(script)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_no_daemon_without_an_environment_is_left(tmp_path: Path) -> None:
    """A daemon that has dropped its environment is killed when the rehearsal ends."""
    step = f"run: {{name: A, command: 'env -i setsid sleep 303.{OWN} & sleep 0.5'}}"
    rehearse_text(tmp_path, one_job(step))
    assert find_processes(f"sleep 303.{OWN}") == []


def start_dte(tmp_path: Path, step: str) -> "subprocess.Popen[str]":
    """Start `dte rehearse` on a job with one step."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "README.md").touch()
    (tmp_path / "config.yml").write_text(one_job(step))
    words = ["config.yml", "--project", "project", "--logs", "logs"]
    return subprocess.Popen(
        [sys.executable, "-c", PATIENT_DTE, "rehearse", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(path: Path) -> None:
    """Wait until a job has created `path`."""
    while not path.exists():
        time.sleep(0.05)


def test_one_ctrl_c_asks_the_jobs_to_end(temporary: Path, tmp_path: Path) -> None:
    """After one Ctrl-C a job may clean up; dte exits with 130 and leaves nothing."""
    up, bye = tmp_path / "up", tmp_path / "bye"
    trap = f'trap "touch {bye}; exit" TERM; touch {up}; sleep 301.{OWN} & wait'
    process = start_dte(tmp_path, f"run: {{name: A, command: '{trap}'}}")
    wait_for(up)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate()
    assert process.returncode == 130, output
    assert bye.exists()
    assert list(temporary.iterdir()) == []
    assert find_processes(f"sleep 301.{OWN}") == []


def test_ctrl_c_ends_a_step_that_never_falls_silent(
    temporary: Path, tmp_path: Path
) -> None:
    """Ctrl-C also ends a step that prints endlessly."""
    up = tmp_path / "up"
    process = start_dte(tmp_path, f"run: {{name: A, command: 'touch {up}; yes'}}")
    wait_for(up)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate()
    assert process.returncode == 130, output[-300:]
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows environments")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT, signal.SIGHUP])
def test_no_process_survives_a_killed_rehearsal(
    temporary: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """However dte is killed, its jobs' processes end and its folder is removed."""
    up = tmp_path / "up"
    daemon = f"env -i setsid sleep 304.{OWN} &"
    step = f"{daemon} sleep 305.{OWN} & touch {up}; sleep 306.{OWN}"
    process = start_dte(tmp_path, f"run: {{name: A, command: '{step}'}}")
    wait_for(up)
    process.send_signal(number)
    process.communicate()
    while any(find_processes(f"sleep {n}.{OWN}") for n in (304, 305, 306)):
        time.sleep(0.1)
    while list(temporary.iterdir()):
        time.sleep(0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")
def test_steps_end_if_the_process_that_starts_them_is_killed(
    temporary: Path, tmp_path: Path
) -> None:
    """If dte's helper is killed, the step fails, and nothing is left."""
    daemon = f"env -i setsid sleep 308.{OWN} & sleep 0.3"
    kill = "grep -qa watchdog /proc/$PPID/cmdline && kill -9 $PPID"
    command = f"{daemon}; {kill}; sleep 309.{OWN}"
    done = rehearse_text(tmp_path, one_job(f"run: {{name: A, command: '{command}'}}"))
    assert done.statuses() == {"build": "failed"}
    assert [find_processes(f"sleep {n}.{OWN}") for n in (308, 309)] == [[], []]
    assert list(temporary.iterdir()) == []


def test_a_leftover_folder_is_removed_at_the_next_start(
    temporary: Path, tmp_path: Path
) -> None:
    """Only folders of killed rehearsals are removed, not of running or kept ones."""
    for name in ("dte-dead", "dte-running", "dte-kept"):
        (temporary / name).mkdir()
    for name in ("dte-dead", "dte-running"):
        (temporary / name / "running").touch()
    with (temporary / "dte-running" / "running").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rehearse_text(tmp_path, one_job("run: {name: A, command: 'true'}"))
    names = sorted(path.name for path in temporary.iterdir())
    assert names == ["dte-kept", "dte-running"]


def test_two_rehearsals_that_start_at_once_keep_their_folders(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of a rehearsal that is just starting is not removed by another one."""
    lock = fcntl.flock

    def lock_after_another_start(file: object, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        remove_leftovers(temporary)
        lock(file, operation)  # type: ignore[arg-type]

    monkeypatch.setattr(fcntl, "flock", lock_after_another_start)
    with open_folder(keep=False) as folder:
        remove_leftovers(temporary)
        assert folder.root.is_dir()
    assert list(temporary.iterdir()) == []


@pytest.mark.timeout(60)
def test_a_second_ctrl_c_ends_the_grace_period(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ignores SIGTERM is killed at once after the second Ctrl-C."""
    monkeypatch.setattr("dte.run.processes.GRACE_SECONDS", 3600.0)
    interrupt = Interrupt()
    interrupt.press()
    interrupt.press()
    command = 'trap "" TERM; echo up; while true; do sleep 1; done'
    with start_helper(tmp_path, keep=True) as starter:
        process = starter.start(["/bin/bash", "-c", command], env={}, cwd=tmp_path)
        with process.stdout as output:
            output.readline()
            end_group(process, interrupt)
            assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_twice_ends_at_once(
    temporary: Path, tmp_path: Path, second: signal.Signals
) -> None:
    """The second Ctrl-C kills a job that ignores the first, and nothing is left."""
    up, asked = tmp_path / "up", tmp_path / "asked"
    trap = f'trap "touch {asked}" TERM INT; touch {up}'
    stubborn = f"{trap}; while true; do sleep 302.{OWN} & wait; done"
    process = start_dte(tmp_path, f"run: {{name: A, command: '{stubborn}'}}")
    wait_for(up)
    process.send_signal(signal.SIGINT)
    wait_for(asked)
    process.send_signal(second)
    output, _ = process.communicate()
    assert process.returncode == 130, output
    assert list(temporary.iterdir()) == []
    assert find_processes(f"sleep 302.{OWN}") == []
