"""Starts the processes of steps through a helper that ends them if dte is killed."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

# The variable by which the processes of a job are found.
MARK = "DTE_REHEARSED_JOB"
_PIPE_BUFFER = 4096


class StepProcess:
    """A process that the helper started.

    `stdout` is a pipe with the output of the process. `status` is a pipe that becomes
    readable when the process ends. The constructor raises `OSError` with the reason if
    the process could not be started.
    """

    def __init__(self, output: int, status: int) -> None:
        self.stdout = open(output, "rb", buffering=0)  # noqa: SIM115
        self.status = open(status, "rb", buffering=0)  # noqa: SIM115
        # select.select would refuse a pipe with a number above 1,023.
        self._poller = select.poll()
        self._poller.register(self.status, select.POLLIN)
        self._lock = Lock()
        self._exit_code: int | None = None
        self._unread = b""
        told = self._read()
        if not isinstance(told, int):
            self.stdout.close()
            self.status.close()
            raise OSError(told or "the process that starts steps has ended")
        self.pid = told

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None if the process runs."""
        with self._lock:
            if self._exit_code is None and (self._unread or self._poller.poll(0)):
                self._end()
            return self._exit_code

    def wait(self) -> int:
        """Wait until the process has ended, and return the exit code."""
        with self._lock:
            return self._end() if self._exit_code is None else self._exit_code

    def _end(self) -> int:
        told = self._read()
        self._exit_code = told if isinstance(told, int) else -signal.SIGKILL
        self.status.close()
        return self._exit_code

    def _read(self) -> int | str | None:
        while b"\n" not in self._unread and (part := self.status.read(_PIPE_BUFFER)):
            self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        message: int | str | None = json.loads(line) if line else None
        return message


class Starter:
    """Asks the helper to start processes; several threads may use a starter."""

    def __init__(self, helper: socket.socket) -> None:
        self._helper = helper
        self._lock = Lock()
        # After an incomplete request, the helper would read the next one as its rest.
        self._cut = False

    def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path
    ) -> StepProcess:
        """Start `argv` in its own session, with stdout and stderr in one pipe.

        Raises `OSError` or `ValueError` if the process can't be started.
        """
        output, stdout = os.pipe()
        status, told = os.pipe()
        try:
            self._ask("start", [list(argv), dict(env), str(cwd)], [stdout, told])
        except BaseException:
            os.close(output)
            os.close(status)
            raise
        finally:
            os.close(stdout)
            os.close(told)
        return StepProcess(output, status)

    def find(self, mark: str) -> list[int]:
        """Return the ids of the steps' processes that have `mark`.

        The helper searches for them, because a search in this process would make its
        threads wait for each other at every file. Raises `OSError` without an answer.
        """
        answer, told = os.pipe()
        with open(answer, "rb") as reader:  # noqa: PTH123
            try:
                self._ask("find", mark, [told])
            finally:
                os.close(told)
            line = reader.readline()
        if not line.endswith(b"\n"):
            raise OSError("the process that starts steps has ended")
        found: list[int] = json.loads(line)
        return found

    def _ask(self, name: str, value: object, pipes: list[int]) -> None:
        request = json.dumps({name: value}).encode()
        with self._lock:
            if self._cut:
                raise OSError("an earlier request to start a step was cut short")
            self._cut = True
            header = len(request).to_bytes(4, "big")
            socket.send_fds(self._helper, [header], pipes)
            self._helper.sendall(request)
            self._cut = False

    def end(self) -> None:
        """Tell the helper that the rehearsal has cleaned up."""
        with self._lock, suppress(OSError):
            if not self._cut:
                self._helper.sendall(bytes(4))
            # Otherwise, the helper would wait for the rest of an incomplete request.
            self._helper.shutdown(socket.SHUT_WR)


@contextmanager
def start_helper(root: Path, *, keep: bool) -> Iterator[Starter]:
    """Start the helper; if this process is killed, the helper cleans up `root`."""
    script = Path(__file__).with_name("watchdog.py")
    words = [str(root), str(os.getpid()), MARK, "keep" if keep else "remove"]
    own, its = socket.socketpair()
    with own:
        with its:
            helper = subprocess.Popen(
                [sys.executable, "-I", str(script), *words],
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        starter = Starter(own)
        try:
            yield starter
        finally:
            starter.end()
            helper.wait()
