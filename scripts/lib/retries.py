"""Retry a command of Nx Cloud if it could not download its client, and only then.

Each Nx Cloud command first downloads a client, and that download is unreliable. A
command that got further is never run twice.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import IO, List, Sequence

from commands import start
from failures import say

PAUSES = (2.0, 6.0)
_FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Without its client, a command prints little more than one of these messages.
_MOST_OUTPUT = 8192
_NO_CLIENT = (
    b"No existing Nx Cloud client and failed to download new version",
    b"Error while updating Nx Cloud client bundle",
    # An incomplete download, or one that is no archive (bin/nx-cloud.js of nx 24.0.6).
    b"Cannot run commands from the `nx-cloud` CLI.",
)


def run_with_client(words: Sequence[str]) -> int:
    """Run the command at most three times. Returns the exit status as a shell would."""
    for pause in (*PAUSES, 0.0):
        output: List[bytes] = []
        status = _run(words, output)
        beginning = b"".join(output)
        lacks_client = len(beginning) < _MOST_OUTPUT and any(
            text in beginning for text in _NO_CLIENT
        )
        if status == 0 or not lacks_client or not pause:
            return status
        say("The Nx Cloud client could not be downloaded; trying again.")
        time.sleep(pause)
    raise AssertionError("the last try returns")


def _run(words: Sequence[str], output: List[bytes]) -> int:
    # The agent tells Nx Cloud that it stops, so a signal must reach it, even one that
    # arrives before the agent has started.
    children: List[subprocess.Popen[bytes]] = []
    early: List[int] = []

    def forward(number: int, _frame: object) -> None:
        if children:
            children[0].send_signal(number)
        else:
            early.append(number)

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
        assert process.stdout is not None
        reader = threading.Thread(
            target=_copy, args=(process.stdout, output), daemon=True
        )
        reader.start()
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    # A process that the command left running may keep the pipe open.
    reader.join(timeout=2.0)
    return status if status >= 0 else 128 - status


def _make_environment() -> "dict[str, str]":
    environment = dict(os.environ)
    if sys.stdout.isatty():
        # Nx prints no colors into a pipe unless it is told to.
        environment.setdefault("FORCE_COLOR", "true")
    return environment


def _copy(pipe: "IO[bytes]", output: List[bytes]) -> None:
    kept = 0
    for piece in iter(lambda: os.read(pipe.fileno(), 65536), b""):
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        if kept < _MOST_OUTPUT:
            output.append(piece)
            kept += len(piece)
