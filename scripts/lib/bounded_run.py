"""Run commands with a timeout and retries, so that they can't hang or fail the job."""

import subprocess
import time
from typing import Sequence

from commands import finish, start
from failures import Refusal, say

SECONDS = 120.0
PAUSE = 2.0


def run_bounded(tries: Sequence[Sequence[str]]) -> bool:
    """Run the commands in order until one passes; return whether one did."""
    for number, words in enumerate(tries):
        if number:
            time.sleep(PAUSE)
        try:
            status = _run(words)
        except subprocess.TimeoutExpired:
            say("warning: the command did not end within {:.0f} s".format(SECONDS))
            continue
        except Refusal as refusal:
            say("warning: " + refusal.message)
            continue
        if status == 0:
            return True
        say("warning: the command ended with exit status {}".format(status))
    return False


def _run(words: Sequence[str]) -> int:
    process = start(words, start_new_session=True)
    finish(process, SECONDS)
    return process.returncode
