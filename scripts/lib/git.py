"""Run git with a clean environment, a timeout and no prompts.

Only `set_shas` uses git. Its git queries are in `revisions`.
"""

import os
import re
import subprocess
from pathlib import Path
from typing import Dict, NamedTuple, Tuple

from commands import finish
from failures import Refusal

ASK_SECONDS = 120
FETCH_SECONDS = 300
_KEPT = (
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_CONFIG",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
)
_SETTINGS = ("gc.auto=0", "maintenance.auto=false", "core.hooksPath=" + os.devnull)


class Answer(NamedTuple):
    """The result of one git command, without white space at the ends."""

    status: int
    output: str
    errors: str


def make_environment(online: bool) -> Dict[str, str]:
    """Return the job's environment without variables that select another repository.

    Unless `online`, git doesn't fetch the objects that a partial clone lacks.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    environment.update(LC_ALL="C", GIT_TERMINAL_PROMPT="0")
    if not online:
        environment.update(GIT_ALLOW_PROTOCOL="none", GIT_NO_LAZY_FETCH="1")
    return environment


def ask_git(folder: Path, *words: str) -> Answer:
    """Run a git command that needs no network in `folder`."""
    return _run(folder, words, online=False, seconds=ASK_SECONDS)


def fetch(folder: Path, *words: str) -> Answer:
    """Run `git fetch` with `words` (options, --end-of-options, remote, refs)."""
    quiet = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-prune")
    return _run(folder, ("fetch", *quiet, *words), online=True, seconds=FETCH_SECONDS)


def _run(
    folder: Path, words: Tuple[str, ...], *, online: bool, seconds: float
) -> Answer:
    command = ["git", "-C", str(folder)]
    for setting in _SETTINGS:
        command += ["-c", setting]
    try:
        # In a new session, ssh has no terminal on which to ask for a password.
        process = subprocess.Popen(
            [*command, *words],
            env=make_environment(online),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Refusal(
            "git can't be started: {}".format(error.strerror),
            suggestions=["use an image that has git, like cimg/node or cimg/base"],
            code="git",
        ) from error
    try:
        output, errors = finish(process, seconds)
    except subprocess.TimeoutExpired as error:
        raise Refusal(
            "git {} did not end within {:g} seconds".format(words[0], seconds),
            suggestions=[
                "rerun the workflow from start when the git host is available again"
            ],
            code="git",
        ) from error
    return Answer(process.returncode, _decode(output), hide_passwords(_decode(errors)))


def _decode(output: bytes) -> str:
    return output.decode("utf-8", "replace").strip()


def hide_passwords(text: str) -> str:
    """Return `text` without the user and password of a remote's address."""
    return re.sub(r"://[^/@\s]+@", "://***@", text)
