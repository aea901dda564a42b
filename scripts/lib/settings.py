"""What a script reads from its environment. An empty variable counts as unset."""

import os
import re
from pathlib import Path
from typing import Sequence

from failures import Misuse

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,99}")
_SWITCH = {
    "on": True,
    "true": True,
    "1": True,
    "off": False,
    "false": False,
    "0": False,
}


def read(name: str, default: str = "") -> str:
    """The variable's value, or `default` where it is unset or empty."""
    return os.environ.get(name) or default


def require(name: str) -> str:
    """The variable's value; raises `Misuse` where it is unset or empty."""
    value = read(name)
    if not value:
        raise Misuse(
            f"{name} is not set",
            suggestions=[
                "CircleCI sets it in every job of a workflow; elsewhere, set it"
            ],
            reference="CircleCI docs, Project values and variables",
        )
    return value


def require_id(name: str) -> str:
    """An id of CircleCI's, safe as the name of a file; raises `Misuse`."""
    value = require(name)
    if not _ID.fullmatch(value):
        raise Misuse(
            f"{name} is {value!r}, which is not an id of CircleCI's",
            suggestions=[f"don't set {name} yourself"],
        )
    return value


def read_switch(name: str, default: bool) -> bool:
    """True for on/true/1, False for off/false/0; raises `Misuse` for anything else.

    CircleCI hands a boolean over as `true`/`false` or as `1`/`0`, depending on where
    it stands (Reusable configuration reference).
    """
    value = read(name)
    if not value:
        return default
    if value.lower() not in _SWITCH:
        raise Misuse(f"{name} is {value!r}; it takes on or off")
    return _SWITCH[value.lower()]


def read_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """The variable's value, one of `choices`; raises `Misuse` for anything else."""
    value = read(name, default)
    if value not in choices:
        raise Misuse(f"{name} is {value!r}; it takes {', '.join(choices)}")
    return value


def read_folder(name: str, default: str) -> Path:
    """A folder's path, `~` expanded; the folder need not exist."""
    return Path(os.path.expanduser(read(name, default)))


def workflow_link(workflow_id: str) -> str:
    """The page of a workflow, on the host that this job's CIRCLE_BUILD_URL names."""
    found = re.match(r"(https?)://([^/?#@\s]+)", read("CIRCLE_BUILD_URL"))
    scheme, host = found.groups() if found else ("https", "circleci.com")
    if host == "circleci.com":
        host = "app.circleci.com"
    return f"{scheme}://{host}/pipelines/workflows/{workflow_id}"
