"""What a step hands on to the later steps of its job, through the file in BASH_ENV.

That file is sourced, so only plain words ever get there: nothing in one can be run.
"""

import os
import re
from typing import Mapping

from failures import Misuse, Refusal
from settings import read

WITHOUT_AGENTS = "without_agents"
IDLE = "idle"
REFUSED = "refused"
MODES = (WITHOUT_AGENTS, IDLE, REFUSED)
NEVER_STARTED = "none"
STARTED = "started"
_WORD = re.compile(r"/?[0-9A-Za-z][0-9A-Za-z._/@+-]{0,198}", re.ASCII)


def is_word(text: str) -> bool:
    """Whether `text` may stand in a file that a shell sources."""
    return bool(_WORD.fullmatch(text))


def export(values: Mapping[str, str]) -> None:
    """Set the variables here, and in every later step of the job; raises `Misuse`."""
    for name, value in values.items():
        if not is_word(value):
            raise Misuse("{} is {!r}, which is no plain word".format(name, value))
    os.environ.update(values)
    path = read("BASH_ENV")
    if not path:
        raise Misuse(
            "BASH_ENV is not set, so no later step would see " + ", ".join(values),
            suggestions=["CircleCI sets it in every job; elsewhere, name a new file"],
        )
    text = "".join("\nexport {}={}".format(*item) for item in values.items())
    try:
        with open(path, "a", encoding="ascii") as file:
            file.write(text + "\n")
    except OSError as error:
        raise Refusal(
            "BASH_ENV is {}, which can't be written: {}".format(path, error.strerror),
            suggestions=["let it name a file in a folder that exists"],
        ) from error


def set_mode(mode: str) -> None:
    """How the rest of the job goes on, one of `MODES`."""
    export({"DTE_MODE": mode})


def read_mode() -> str:
    """What an earlier step set, or empty: the job goes on with agents."""
    mode = read("DTE_MODE")
    if mode and mode not in MODES:
        raise Misuse(
            "DTE_MODE is {!r}; it takes {}".format(mode, ", ".join(MODES)),
            suggestions=["leave it to the steps of dte"],
        )
    return mode


def set_started() -> None:
    """Note that the run was started, for the steps that would end it."""
    export({"DTE_RUN": STARTED})


def never_started() -> bool:
    """Whether dte/main has not come to the start; False in a job of one's own."""
    return read("DTE_RUN") == NEVER_STARTED
