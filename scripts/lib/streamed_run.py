"""Run a command, print its output at once, and keep the start and end of the output."""

import os
import re
import select
import signal
import subprocess
import sys
from typing import Dict, List, NamedTuple, Sequence

from commands import start

KEPT_BYTES = 8192
_COLOR = re.compile(rb"\x1b\[[0-9;]*m")
_FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Finished(NamedTuple):
    """How a command ended: its exit status as in a shell, and output.

    `received` is the last signal that was forwarded to it, or 0.
    """

    status: int
    beginning: bytes
    end: bytes
    received: int = 0


def strip_colors(text: bytes) -> bytes:
    """Return `text` without the sequences that color a terminal."""
    return _COLOR.sub(b"", text)


def ran_tasks(finished: Finished) -> bool:
    """Return whether the kept output of Nx names a task, as in `nx run shop:build`."""
    text = strip_colors(finished.beginning + finished.end)
    return re.search(rb"nx run \S+:\S", text) is not None


class _Output:
    """The first and the last bytes of the output."""

    def __init__(self) -> None:
        self.beginning = b""
        self.end = b""

    def copy(self, process: "subprocess.Popen[bytes]") -> None:
        pipe = process.stdout
        assert pipe is not None
        # A child may never stop printing, so after the end, read at most a full pipe.
        left = 65536
        while left > 0:
            ended = process.poll() is not None
            ready = select.select([pipe], [], [], 0.1)[0]
            piece = os.read(pipe.fileno(), 65536) if ready else b""
            if not piece and (ready or ended):
                return
            left -= len(piece) * ended
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            self.beginning = (self.beginning + piece)[:KEPT_BYTES]
            self.end = (self.end + piece)[-KEPT_BYTES:]


def run_streamed(words: Sequence[str]) -> Finished:
    """Run the command and forward signals to it; raises `Refusal` if it can't start."""
    # On a signal, the command tells Nx Cloud that it stops, so even a signal that
    # arrives before the command has started must reach it.
    children: List[subprocess.Popen[bytes]] = []
    early: List[int] = []
    received = [0]

    def forward(number: int, _frame: object) -> None:
        received.append(number)
        if children:
            children[0].send_signal(number)
        else:
            early.append(number)

    output = _Output()
    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        process = start(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_make_environment(),
        )
        children.append(process)
        for number in early:
            process.send_signal(number)
        output.copy(process)
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = status if status >= 0 else 128 - status
    return Finished(code, output.beginning, output.end, received[-1])


def _make_environment() -> Dict[str, str]:
    environment = dict(os.environ)
    if sys.stdout.isatty():
        # Nx prints no colors into a pipe unless it is told to.
        environment.setdefault("FORCE_COLOR", "true")
    return environment
