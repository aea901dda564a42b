"""Runs a command of the set-up, quietly, with its output kept for the error message."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bootstrap.places import Places
from tools.failures import ToolError


def say(words: str) -> None:
    """Tell the person who waits what is going on (stderr: stdout is for results)."""
    print(f"set-up: {words}", file=sys.stderr, flush=True)


def run_quietly(
    command: Sequence[str | Path],
    *,
    failure: ToolError,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Give back what `command` printed, or raise `failure` with its last lines."""
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
            close_fds=False,  # the lock of the set-up is theirs too
            check=False,
        )
    except OSError as error:
        failure.details = str(error)
        raise failure from None
    if done.returncode != 0:
        failure.details = done.stdout
        raise failure
    return done.stdout


def install_packages(places: Places, words: Sequence[str | Path], *, what: str) -> None:
    """Run `pip install` with `words`; its download cache is the repository's.

    Nothing is compiled ahead: Python does that at the first import of what is used.
    """
    pip: list[str | Path] = [places.python, "-E", "-s", "-m", "pip"]
    run_quietly(
        [*pip, "install", "--quiet", "--no-compile", *words],
        environment={
            "PIP_CACHE_DIR": str(places.cache / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        },
        folder=places.root,
        failure=ToolError(
            f"pip could not install {what}.",
            suggestions=[
                "Check the network: is the package index reachable from here?",
                "Behind a proxy, set HTTPS_PROXY; with a mirror, set PIP_INDEX_URL.",
                "Then run the same command again: it starts where it stopped.",
            ],
        ),
    )
