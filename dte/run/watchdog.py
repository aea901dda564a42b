"""Cleans up after a rehearsal if the rehearsal's own process is killed.

Runs as a process: `python -I watchdog.py ROOT PID MARK KEEP`. It waits for the end of
its stdin. A byte before that means that the rehearsal has cleaned up. Without this
byte, the rehearsal was killed, and its jobs' processes and its folder are removed. MARK
is the variable by which these processes are found.
"""

import os
import select
import shutil
import sys
from contextlib import suppress

import psutil

_POLL_SECONDS = 0.5
_ROUNDS = 20


def list_children(pid: int) -> set[psutil.Process]:
    """Return all descendants of the rehearsal, except this process."""
    with suppress(psutil.Error):
        children = psutil.Process(pid).children(recursive=True)
        return {child for child in children if child.pid != os.getpid()}
    return set()


def find_marked(root: str, mark: str) -> set[psutil.Process]:
    """Return all processes of the rehearsal's jobs."""
    found = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(mark, "").startswith(f"{root}/"):
                found.add(process)
    return found


def kill(processes: set[psutil.Process]) -> None:
    """Kill the processes and their descendants."""
    for process in processes:
        with suppress(psutil.Error):
            # is_running compares start times, so a process that reuses the id is safe.
            if process.is_running():
                for child in process.children(recursive=True):
                    child.kill()
                process.kill()
    psutil.wait_procs(list(processes), timeout=3)


def watch(root: str, pid: int, mark: str, *, keep: bool) -> None:
    """Wait for the end of the rehearsal, and clean up if it was killed."""
    seen: set[psutil.Process] = set()
    while not select.select([0], [], [], _POLL_SECONDS)[0]:
        alive = {process for process in seen if process.is_running()}
        seen = alive | list_children(pid)
    if os.read(0, 1):
        return
    kill(seen)
    for _ in range(_ROUNDS):
        left = find_marked(root, mark)
        if not left:
            break
        kill(left)
    if not keep:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    watch(sys.argv[1], int(sys.argv[2]), sys.argv[3], keep=sys.argv[4] == "keep")
