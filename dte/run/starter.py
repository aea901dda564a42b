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

    `stdout` is its output. `status` can be read as soon as the process has ended.

    Raises `OSError` with the reason if it can't be started.
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
        """Return the exit code, or None if it still runs; negative for a signal."""
        with self._lock:
            if self._exit_code is None and (self._unread or self._poller.poll(0)):
                self._end()
            return self._exit_code

    def wait(self) -> int:
        """Wait for the end, and return the exit code."""
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
    """Asks the helper to start processes; several threads may ask."""

    def __init__(self, helper: socket.socket) -> None:
        self._helper = helper
        self._lock = Lock()
        # If a request was cut short, the next one would count as the rest of it.
        self._cut = False

    def start(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path
    ) -> StepProcess:
        """Start `argv` in its own session, with stdout and stderr in one pipe.

        Raises `OSError` or `ValueError` if it can't be started.
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

        Raises `OSError` if the helper can't be asked. It looks for them, because the
        threads of this process would wait for each other at every file.
        """
        answer, told = os.pipe()
        with open(answer, "rb") as reader:  # noqa: PTH123
            try:
                self._ask("find", mark, [told])
            finally:
                os.close(told)
            line = reader.readline()
        if not line:
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
            # The helper would wait for the rest of a request that was cut short.
            self._helper.shutdown(socket.SHUT_WR)


@contextmanager
def start_helper(root: Path, *, keep: bool) -> Iterator[Starter]:
    """Start the helper, which also removes `root` if this process is killed."""
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
