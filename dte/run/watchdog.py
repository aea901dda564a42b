"""Starts the processes of steps, and ends them if the rehearsal's process is killed.

Runs as a process: `python -I watchdog.py ROOT PID MARK KEEP`, with a socket as stdin.
A request consists of 4 bytes with the length of its JSON, sent together with pipes, and
the JSON. The length 0 means that the rehearsal has cleaned up. If the socket ends
without this message, the rehearsal was killed. The watchdog then kills the processes of
its jobs, and removes its folder unless KEEP is `keep`.

- `{"start": [words, environment, folder]}`, with two pipes, starts a process. The first
  pipe gets the output of the process. The second pipe gets a line with the process's id
  or an error, and later a line with its exit code.
- `{"find": value}`, with one pipe, looks for the processes whose variable MARK begins
  with the value. The pipe gets a line with their ids.

On Linux, this process adopts the orphans of the steps (prctl(2),
PR_SET_CHILD_SUBREAPER), so it also finds orphans without the variable. If the rehearsal
adopted the orphans, they would belong to init as soon as the rehearsal is killed.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_POLL_SECONDS = 0.5
_ROUNDS = 20
_PATIENCE_SECONDS = 60.0
_TICK_SECONDS = 0.005
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def list_children(pid: int) -> set[psutil.Process]:
    """Return all descendants of a process, except this process."""
    with suppress(psutil.Error):
        children = psutil.Process(pid).children(recursive=True)
        return {child for child in children if child.pid != os.getpid()}
    return set()


def find_marked(value: str, mark: str) -> set[psutil.Process]:
    """Return the processes of this machine whose `mark` begins with `value`."""
    found = set()
    for pid in psutil.pids():
        with suppress(psutil.Error, OSError):
            if _may_have(pid, f"{mark}={value}"):
                process = psutil.Process(pid)
                if process.environ().get(mark, "").startswith(value):
                    found.add(process)
    return found


def _may_have(pid: int, text: str) -> bool:
    """Return False if the environment of a process doesn't contain `text`.

    Every job searches when it ends, and psutil reads several files of each process. On
    Linux, the environment alone is one file (proc_pid_environ(5)).
    """
    if sys.platform != "linux":
        return True
    return os.fsencode(text) in Path(f"/proc/{pid}/environ").read_bytes()


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


def kill_adopted() -> None:
    """Kill the children of this process until none is left.

    This process adopts the children of a process that it kills, and kills them next.
    The loop is fast enough to kill a process that keeps starting a successor.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while (children := _list_own_children()) and time.monotonic() < end:
        for pid in children:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            # The system doesn't reuse the id of a child before this call.
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(_TICK_SECONDS)


def _list_own_children() -> list[int]:
    try:
        # psutil would read a file of every process of the machine (proc(5)).
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
        return [int(word) for word in children.split()]
    except OSError:
        return [child.pid for child in psutil.Process().children()]


class Steps:
    """The running processes of steps; `mark` is the variable that names their job."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._running: dict[int, tuple[subprocess.Popen[bytes], int]] = {}
        self.ended, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker)

    def serve(self, request: bytes, pipes: Sequence[int]) -> None:
        """Start a process or find processes, as the request asks."""
        [(name, value)] = json.loads(request).items()
        if name == "start":
            self._start(*value, *pipes)
        else:
            self._find(value, *pipes)

    def _find(self, value: str, told: int) -> None:
        # Without an answer, the rehearsal searches itself.
        with suppress(OSError, psutil.Error), open(told, "wb") as answer:
            found = [process.pid for process in find_marked(value, self._mark)]
            answer.write(json.dumps(found).encode() + b"\n")

    def _start(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str,
        output: int,
        told: int,
    ) -> None:
        """Start a process in its own session; write its id or an error to `told`."""
        try:
            process = subprocess.Popen(
                argv,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            _tell(told, str(error))
            os.close(told)
        else:
            self._running[process.pid] = process, told
            _tell(told, process.pid)
        os.close(output)

    def reap(self) -> None:
        """Write the exit codes of ended steps to their pipes; ignore ended orphans."""
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                process, told = self._running.pop(ended[0], (None, -1))
                if process:
                    process.returncode = os.waitstatus_to_exitcode(ended[1])
                    _tell(told, process.returncode)
                    os.close(told)


def _tell(pipe: int, message: object) -> None:
    with suppress(OSError):
        os.write(pipe, json.dumps(message).encode() + b"\n")


def _count_missing(request: bytearray) -> int:
    """Return how many bytes are missing: first of the length, then of the JSON."""
    if len(request) < 4:
        return 4 - len(request)
    return 4 + int.from_bytes(request[:4], "big") - len(request)


def serve(rehearsal: socket.socket, pid: int, mark: str) -> set[psutil.Process] | None:
    """Start processes until the rehearsal ends.

    Returns the descendants of a killed rehearsal, or None if it has cleaned up.
    """
    steps = Steps(mark)
    seen: set[psutil.Process] = set()
    request, pipes = bytearray(), list[int]()
    looked = 0.0
    awaited: list[socket.socket | int] = [rehearsal, steps.ended]
    while True:
        ready = select.select(awaited, [], [], _POLL_SECONDS)[0]
        if steps.ended in ready:
            os.read(steps.ended, 1 << 16)
            steps.reap()
        if rehearsal in ready:
            # MSG_WAITALL would block while steps end, and a signal could cut it short.
            part, numbers, *_ = socket.recv_fds(rehearsal, _count_missing(request), 2)
            request += part
            pipes += numbers
            if not part:
                return seen
            if request == bytes(4):
                return None
            if not _count_missing(request):
                steps.serve(bytes(request[4:]), pipes)
                request, pipes = bytearray(), []
        if time.monotonic() - looked > _POLL_SECONDS:
            alive = {process for process in seen if process.is_running()}
            seen = alive | list_children(pid)
            looked = time.monotonic()


def clean_up(root: str, mark: str, seen: set[psutil.Process], *, keep: bool) -> None:
    """Kill the processes of the rehearsal, and remove its folder unless it is kept."""
    kill(seen)
    for _ in range(_ROUNDS):
        left = find_marked(f"{root}/", mark)
        if not left:
            break
        kill(left)
    if not keep:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    adopt_orphans()
    descendants = serve(socket.socket(fileno=0), int(sys.argv[2]), sys.argv[3])
    if sys.platform == "linux":
        kill_adopted()
    if descendants is not None:
        clean_up(sys.argv[1], sys.argv[3], descendants, keep=sys.argv[4] == "keep")
