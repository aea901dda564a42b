"""Runs a command of the set-up and keeps its output for the error message."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.failures import ToolError

CHECK_THE_NETWORK = (
    "Check the network: is the package index reachable from here?",
    "Behind a proxy, set HTTPS_PROXY; with a mirror, set PIP_INDEX_URL.",
    "Then run the same command again.",
)


def say(words: str) -> None:
    """Report progress on stderr (stdout is for results)."""
    print(f"set-up: {words}", file=sys.stderr, flush=True)


def run_quietly(
    command: Sequence[str | Path],
    *,
    failure: str,
    suggestions: Sequence[str] = CHECK_THE_NETWORK,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Return the output of `command`; raises `ToolError` if the command fails."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
            cwd=folder,
            close_fds=False,  # the command inherits the lock of the set-up
            check=False,
        )
    except OSError as error:
        raise ToolError(failure, details=str(error), suggestions=suggestions) from None
    if done.returncode != 0:
        raise ToolError(failure, details=done.stdout, suggestions=suggestions)
    return done.stdout
