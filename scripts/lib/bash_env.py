"""Pass variables to the later steps of a job in the file that BASH_ENV names.

Shells source that file, so only plain words are written to it, never code.
"""

from __future__ import annotations

import os
import re

from failures import Refusal, UsageError
from settings import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

WITHOUT_AGENTS = "without_agents"
IDLE = "idle"
REFUSED = "refused"
MODES = (WITHOUT_AGENTS, IDLE, REFUSED)
NEVER_STARTED = "none"
STARTED = "started"
STARTED_BY_FILE = "started_by_file"
_WORD = r"/?[0-9A-Za-z][0-9A-Za-z._/@+-]{0,198}"


def is_word(text: str) -> bool:
    """Return whether `text` is safe in a file that a shell sources."""
    return bool(re.fullmatch(_WORD, text))


def export(values: Mapping[str, str]) -> None:
    """Set the variables in this and every later step; raises `Refusal`."""
    for name, value in values.items():
        if not is_word(value):
            raise UsageError(f"{name} is {value!r}, which is not a plain word")
    os.environ.update(values)
    path = read("BASH_ENV")
    if not path:
        raise UsageError(
            "BASH_ENV is not set, so no later step would see " + ", ".join(values),
            suggestions=["CircleCI sets it; outside CircleCI, set it to a new file"],
        )
    text = "".join("\nexport {}={}".format(*item) for item in values.items())
    try:
        # With O_NONBLOCK, a pipe without a reader can't block.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
        with open(os.open(path, flags, 0o666), "w", encoding="ascii") as file:
            file.write(text + "\n")
    except OSError as error:
        raise Refusal(
            f"BASH_ENV is {path}, which can't be written: {error.strerror}",
            suggestions=["set it to a file in an existing folder"],
            code="machine",
        ) from error


def set_mode(mode: str) -> None:
    """Set the mode (one of `MODES`) for the rest of the job."""
    export({"DTE_MODE": mode})


def read_mode() -> str:
    """Return the mode that an earlier step set; "" means that the job uses agents."""
    mode = read("DTE_MODE")
    if mode and mode not in MODES:
        raise UsageError(
            "DTE_MODE is {!r}; expected {}".format(mode, ", ".join(MODES)),
            suggestions=["don't set it yourself: only dte's own steps do"],
        )
    return mode


def set_started(by_file: bool) -> None:
    """Tell the steps that end the run how it was started."""
    export({"DTE_RUN": STARTED_BY_FILE if by_file else STARTED})


def started_by_file() -> bool:
    """Return whether .nx/ci-config.yaml starts the run and decides when it ends."""
    return read("DTE_RUN") == STARTED_BY_FILE


def never_started() -> bool:
    """Return whether dte/main started no run; False in a job other than dte/main."""
    return read("DTE_RUN") == NEVER_STARTED
