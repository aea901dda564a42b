"""Print and start commands, and report those that can't start."""

import os
import shlex
import signal
import subprocess
from typing import Any, NoReturn, Sequence, Tuple

from failures import Refusal, say


def announce(words: Sequence[str]) -> None:
    """Print the command as a user would type it in a shell."""
    say("$ " + shlex.join(words))


def start(words: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
    """Print and start the command, without input; raises `Refusal` if it can't start.

    `options` are those of `subprocess.Popen`.
    """
    announce(words)
    try:
        return subprocess.Popen(list(words), stdin=subprocess.DEVNULL, **options)
    except OSError as error:
        raise _refuse_start(words[0], error) from error


def finish(process: "subprocess.Popen[bytes]", seconds: float) -> Tuple[bytes, bytes]:
    """Wait for `process`, a session leader; return its stdout and stderr.

    After the timeout, kill the whole session and raise `subprocess.TimeoutExpired`:
    children of npx or git would otherwise keep running and keep the pipes open.
    """
    try:
        return process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise


def become(words: Sequence[str]) -> NoReturn:
    """Print the command and replace this process with it; raises `Refusal`."""
    announce(words)
    try:
        os.execvp(words[0], list(words))
    except OSError as error:
        raise _refuse_start(words[0], error) from error


def _refuse_start(program: str, error: OSError) -> Refusal:
    return Refusal(
        "{} can't be started: {}".format(program, error.strerror),
        suggestions=["install it in an earlier step, or in the executor's image"],
        code="machine",
    )
