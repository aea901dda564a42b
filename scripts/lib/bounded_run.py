"""Run a command that must neither hang nor fail the job, more than once if need be."""

import os
import shlex
import signal
import subprocess
import time
from typing import Sequence

from failures import say

SECONDS = 120.0
PAUSE = 2.0


def run_bounded(tries: Sequence[Sequence[str]]) -> bool:
    """Run one command after the other until one passes; False where none did."""
    for number, words in enumerate(tries):
        if number:
            time.sleep(PAUSE)
        say("$ " + " ".join(shlex.quote(word) for word in words))
        try:
            status = _run(words)
        except subprocess.TimeoutExpired:
            say("warning: no end after {:.0f} seconds".format(SECONDS))
            continue
        except OSError as error:
            say("warning: {} can't be started: {}".format(words[0], error.strerror))
            continue
        if status == 0:
            return True
        say("warning: that ended with {}".format(status))
    return False


def _run(words: Sequence[str]) -> int:
    process = subprocess.Popen(
        list(words), stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        # The whole session: what npx started would live on beside the next try, and
        # hold the step's output open.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
