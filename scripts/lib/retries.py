"""Run an Nx Cloud command again where it failed to download its client, never else.

Nx Cloud's commands first download a client ("nx-cloud client" in Nx's docs), and that
download is what fails now and then. A command that got further is never run twice.
"""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from typing import IO, List, Sequence

from failures import Refusal, say

PAUSES = (2.0, 6.0)
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# A client that was never loaded prints little else than one of these.
_MOST_OUTPUT = 8192
_NO_CLIENT = (
    b"No existing Nx Cloud client and failed to download new version",
    b"Error while updating Nx Cloud client bundle",
    # A download that was cut, or no archive at all (bin/nx-cloud.js of nx 24.0.6).
    b"Cannot run commands from the `nx-cloud` CLI.",
)


def run_with_client(words: Sequence[str]) -> int:
    """Run the command, three times at most; gives its exit status as a shell would."""
    for pause in (*PAUSES, 0.0):
        say("$ " + " ".join(shlex.quote(word) for word in words))
        output: List[bytes] = []
        status = _run(words, output)
        start = b"".join(output)
        lacks_client = len(start) < _MOST_OUTPUT and any(
            text in start for text in _NO_CLIENT
        )
        if status == 0 or not lacks_client or not pause:
            return status
        say("The client of Nx Cloud could not be downloaded; trying again.")
        time.sleep(pause)
    raise AssertionError("the last try returns")


def _run(words: Sequence[str], output: List[bytes]) -> int:
    # The agent tells Nx Cloud that it goes, so the signal has to reach it, also one
    # that comes before it has begun.
    children: List[subprocess.Popen[bytes]] = []
    early: List[int] = []

    def pass_on(number: int, _frame: object) -> None:
        if children:
            children[0].send_signal(number)
        else:
            early.append(number)

    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    try:
        process = _start(words)
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
    # What the command left running may hold the pipe open; its words can wait.
    reader.join(timeout=2.0)
    return status if status >= 0 else 128 - status


def _start(words: Sequence[str]) -> "subprocess.Popen[bytes]":
    environment = dict(os.environ)
    if sys.stdout.isatty():
        # Through a pipe Nx would print without the colours that a job's log shows.
        environment.setdefault("FORCE_COLOR", "true")
    try:
        return subprocess.Popen(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    except OSError as error:
        raise Refusal(
            "{} can't be started: {}".format(words[0], error.strerror),
            suggestions=["install Node and npm in the executor's image"],
        ) from error


def _copy(pipe: "IO[bytes]", output: List[bytes]) -> None:
    kept = 0
    for piece in iter(lambda: os.read(pipe.fileno(), 65536), b""):
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        if kept < _MOST_OUTPUT:
            output.append(piece)
            kept += len(piece)
