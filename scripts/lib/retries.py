"""Retry an Nx Cloud command only if it could not download its client.

Each Nx Cloud command first downloads a client, and that download is unreliable. A
command that got its client is never repeated.
"""

import time
from typing import Sequence

from failures import say
from streamed_run import KEPT_BYTES, Finished, run_streamed

PAUSES = (2.0, 6.0)
# A command without its client prints little more than one of these messages.
_NO_CLIENT = (
    b"No existing Nx Cloud client and failed to download new version",
    b"Error while updating Nx Cloud client bundle",
    # The download was incomplete or not an archive (bin/nx-cloud.js of nx 24.0.6).
    b"run commands from the `nx-cloud` CLI.",
)


def run_with_client(words: Sequence[str]) -> Finished:
    """Run the command at most three times; raises `Refusal` if it can't start."""
    for pause in (*PAUSES, 0.0):
        finished = run_streamed(words)
        start = finished.beginning
        lacks_client = len(start) < KEPT_BYTES and any(
            text in start for text in _NO_CLIENT
        )
        if finished.status == 0 or not lacks_client or not pause:
            return finished
        say("The Nx Cloud client could not be downloaded; trying again.")
        time.sleep(pause)
    raise AssertionError("the last try returns")
