"""Watches the processes of steps, and ends all of them.

Source for the silence limit: CircleCI docs, Configuration reference, `run`: a step
without output for `no_output_timeout` is killed.
"""

import ctypes
import os
import selectors
import signal
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Literal, Protocol

import psutil

from dte.run.interrupt import Interrupt
from dte.run.starter import MARK, Starter, StepProcess

GRACE_SECONDS = 3.0
LONGEST_LINE = 1 << 16
_TICK_SECONDS = 0.1
_DRAIN_SECONDS = 0.5
_LATE_SECONDS = 0.2
_HELD_SECONDS = 1.0
_KILL_ROUNDS = 10
_PR_SET_CHILD_SUBREAPER = 36
Reason = Literal["exited", "silent", "canceled"]


@dataclass(frozen=True)
class Outcome:
    """How a process ended; `exit_code` is negative if a signal ended it."""

    exit_code: int
    reason: Reason
    seconds: float


@dataclass(frozen=True)
class Limits:
    """What ends a process early: an interrupt, or `silence` seconds without output."""

    silence: float
    interrupt: Interrupt


class Output(Protocol):
    """Takes the lines of a process."""

    def say_all(self, lines: Sequence[str]) -> None:
        """Take the lines that arrived together."""

    def flush(self) -> None:
        """Pass on the lines that are held back, because no new output arrives."""


def watch_process(process: StepProcess, output: Output, limits: Limits) -> Outcome:
    """Pass every line to `output` until the process ends or a limit ends it.

    A background child may keep the pipe open. This function doesn't wait for the end of
    the child, since a step on CircleCI ends with its own process.
    """
    started = heard = time.monotonic()
    reason: Reason = "exited"
    with Lines(process.stdout, output, process.status) as lines:
        while reason == "exited" and process.poll() is None:
            if lines.read(_TICK_SECONDS):
                heard = time.monotonic()
            reason = _find_reason(limits, heard)
        if reason != "exited":
            end_group(process, limits.interrupt)
        exit_code = process.wait()
        lines.drain()
    return Outcome(exit_code, reason, time.monotonic() - started)


def _find_reason(limits: Limits, heard: float) -> Reason:
    if limits.interrupt.pressed:
        return "canceled"
    if time.monotonic() - heard > limits.silence:
        return "silent"
    return "exited"


class Lines:
    """Splits a pipe's bytes into lines; the last line may have no newline.

    A line of more than `LONGEST_LINE` characters is passed on in pieces, so an endless
    line needs little memory. Data in the pipe `status` also ends the wait in `read`.
    """

    def __init__(
        self, pipe: IO[bytes], output: Output, status: IO[bytes] | None = None
    ) -> None:
        self._pipe = pipe
        self._status = status
        self._ended = False
        self._output = output
        self._rest = ""
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")
        self._heard = time.monotonic()
        self._selector = selectors.DefaultSelector()
        for file in filter(None, (pipe, status)):
            self._selector.register(file, selectors.EVENT_READ)

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_error: object) -> None:
        self._rest += self._decoder.decode(b"", final=True)
        if self._rest:
            self._output.say_all([self._rest])
        self._selector.close()
        self._pipe.close()

    def read(self, seconds: float) -> bool:
        """Wait up to `seconds` for output or for the end of the process.

        Returns whether output arrived.
        """
        ready = [key.fileobj for key, _ in self._selector.select(seconds)]
        if self._pipe not in ready:
            if time.monotonic() - self._heard > _HELD_SECONDS:
                self._output.flush()
            return False
        self._heard = time.monotonic()
        chunk = os.read(self._pipe.fileno(), 65536)
        if not chunk:
            self._ended = True
            self._selector.unregister(self._pipe)
        *whole, rest = (self._rest + self._decoder.decode(chunk)).split("\n")
        while len(rest) > LONGEST_LINE:
            whole.append(rest[:LONGEST_LINE])
            rest = rest[LONGEST_LINE:]
        self._rest = rest
        if whole:
            self._output.say_all(whole)
        return bool(chunk)

    def drain(self) -> None:
        """Read the last output after the end of the process.

        A child may print later than its parent ends, for example in `> >(tee log)`, and
        a daemon may print without end, so this takes at most `_DRAIN_SECONDS`.
        """
        if self._status:
            self._selector.unregister(self._status)
        now = time.monotonic()
        end, quiet = now + _DRAIN_SECONDS, now + _LATE_SECONDS
        while not self._ended:
            # Even on a busy machine, what is in the pipe is read at least once.
            came = self.read(max(quiet - time.monotonic(), 0.0))
            now = time.monotonic()
            if now >= (end if came else quiet):
                break


def end_group(process: StepProcess, interrupt: Interrupt) -> None:
    """End the process and its group: SIGTERM, then SIGKILL after a grace period."""
    deadline = time.monotonic() + GRACE_SECONDS
    _signal_group(process.pid, signal.SIGTERM)
    while process.poll() is None and time.monotonic() < deadline:
        if interrupt.impatient:
            break
        time.sleep(_TICK_SECONDS)
    _signal_group(process.pid, signal.SIGKILL)


def kill_group(process: StepProcess) -> None:
    """Kill the process and its group at once."""
    _signal_group(process.pid, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def find_marked(mark: str) -> list[psutil.Process]:
    """Return every process whose variable `MARK` starts with `mark`.

    A daemon that left its session also has the variable that it was started with.
    """
    return [process for process in psutil.process_iter() if _has(process, mark)]


def signal_marked(mark: str, name: str) -> list[psutil.Process]:
    """Send the signal `name` to every process that has `mark`, and return them."""
    found = find_marked(mark)
    for process in found:
        with suppress(psutil.Error):
            process.send_signal(signal.Signals[f"SIG{name}"])
    return found


def end_marked(mark: str, starter: Starter | None = None) -> None:
    """Kill every process that has `mark`, including processes that start meanwhile.

    The helper of `starter` finds the processes. Without `starter`, or if the helper has
    ended, this function looks at every process of this machine.
    """
    for _ in range(_KILL_ROUNDS):
        found = _ask(starter, mark) if starter else find_marked(mark)
        if not found:
            return
        # Meanwhile, another process may have got the id.
        _kill([process for process in found if _has(process, mark)])


def _ask(starter: Starter, mark: str) -> list[psutil.Process]:
    found = []
    try:
        for pid in starter.find(mark):
            with suppress(psutil.Error):
                found.append(psutil.Process(pid))
    except OSError:
        return find_marked(mark)
    return found


def _has(process: psutil.Process, mark: str) -> bool:
    with suppress(psutil.Error, OSError):
        return process.environ().get(MARK, "").startswith(mark)
    return False


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=GRACE_SECONDS)


@contextmanager
def adopt_orphans() -> Iterator[None]:
    """After the block, kill all orphans of the jobs, including those without a mark.

    On Linux, this process adopts orphans as their subreaper (prctl(2),
    PR_SET_CHILD_SUBREAPER). On other systems, init adopts orphans, and dte doesn't find
    them.
    """
    before = psutil.Process().children(recursive=True)
    _set_subreaper(True)
    try:
        yield
    finally:
        for _ in range(_KILL_ROUNDS):
            left = [
                process
                for process in psutil.Process().children(recursive=True)
                if process not in before
            ]
            if not left:
                break
            _kill(left)
        _set_subreaper(False)


def _set_subreaper(on: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)
