"""Rehearsals killed at random moments leave nothing after the next start.

`make test ARGS="tests/dte/run/test_random_kills.py -m long -s -n 0"` prints the counts.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dte.run.folders import remove_leftovers
from tests.configs import one_job

KILLS = 10
LONGEST_RUN = 4.0
# In seconds. A process that is still there after this time counts as left behind.
PATIENCE = 120.0
CTRL_C = (signal.SIGINT,)
WAYS = {
    "Ctrl-C once": CTRL_C,
    "Ctrl-C twice": CTRL_C * 2,
    "Ctrl-\\": (signal.SIGQUIT,),
    "SIGTERM": (signal.SIGTERM,),
    "SIGHUP": (signal.SIGHUP,),
    "SIGKILL": (signal.SIGKILL,),
}


def write_project(folder: Path, number: str) -> None:
    """Make a project with a job on four machines that start daemons and children."""
    steps = (
        "checkout",
        f"run: {{name: A, background: true, command: sleep {number}}}",
        f"run: {{name: B, command: 'env -i setsid sleep {number} & sleep 0.3'}}",
        f"run: {{name: C, command: 'trap \"\" TERM; (sleep {number} &) ; sleep 9'}}",
        f"run: {{name: D, command: sleep {number}, when: always}}",
    )
    (folder / ".circleci").mkdir(parents=True)
    config = one_job(*steps, more="parallelism: 4")
    (folder / ".circleci" / "config.yml").write_text(config)


def find_processes(number: str, root: Path) -> list[psutil.Process]:
    """Return the processes of this test that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if number in words or any(str(root) in word for word in words):
            found.append(process)
    return found


def kill(project: Path, signals: tuple[signal.Signals, ...], seconds: float) -> None:
    """Start a rehearsal, send it the signals, and wait for its end.

    The first signal is sent `seconds` after the rehearsal has made its folder.
    """
    temporary = project.parent / "t"
    source = str(Path(__file__).resolve().parents[3])
    process = subprocess.Popen(
        [sys.executable, "-m", "dte", "rehearse", "--logs", "../logs"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": source, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not list(temporary.iterdir()):
        time.sleep(0.01)
    time.sleep(seconds)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)
    process.wait()


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows environments")
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_left_after_kills_at_random_moments(
    tmp_path: Path, way: str
) -> None:
    """After each of ten kills no process is left, and no folder at the next start."""
    temporary = tmp_path / "t"
    temporary.mkdir()
    number = f"{1000 + os.getpid()}.{list(WAYS).index(way)}"
    write_project(tmp_path / "project", number)
    chance = random.Random(way)
    processes = folders = after_start = 0
    for _ in range(KILLS):
        kill(tmp_path / "project", WAYS[way], chance.uniform(0, LONGEST_RUN))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            left = find_processes(number, temporary)
            if not left and not list(temporary.iterdir()):
                break
            time.sleep(0.1)
        processes += len(left)
        # Otherwise, these processes would be counted again after the next kill.
        for process in left:
            process.kill()
        folders += len(list(temporary.iterdir()))
        remove_leftovers(temporary)
        after_start += len(list(temporary.iterdir()))
    print(
        f"{way}: {KILLS} kills, {processes} processes left, {folders} folders left, "
        f"{after_start} after the next start"
    )
    assert (processes, after_start) == (0, 0)
