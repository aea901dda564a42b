"""Read a script's environment. An empty variable counts as unset."""

from __future__ import annotations

import os
import re

from failures import UsageError, clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

_ID = r"[0-9A-Za-z][0-9A-Za-z-]{0,99}"
_SWITCH = {
    "on": True,
    "true": True,
    "1": True,
    "off": False,
    "false": False,
    "0": False,
}


def read(name: str, default: str = "") -> str:
    """Return the variable's value, or `default` when it is unset or empty."""
    return os.environ.get(name) or default


def require(name: str) -> str:
    """Return the variable's value; raises `UsageError` when it is unset or empty."""
    value = read(name)
    if not value:
        raise UsageError(
            f"{name} is not set",
            suggestions=[
                "CircleCI sets it in every job; outside CircleCI, set it yourself"
            ],
        )
    return value


def require_id(name: str) -> str:
    """Return a CircleCI id, which is safe as a file name; raises `UsageError`."""
    value = require(name)
    if not re.fullmatch(_ID, value):
        raise UsageError(
            f"{name} is {value!r}, which is not a CircleCI id",
            suggestions=[f"don't set {name} yourself"],
        )
    return value


def read_switch(name: str, default: bool) -> bool:
    """Return True for on/true/1, False for off/false/0; else raise `UsageError`.

    CircleCI passes a boolean as `true`/`false` or as `1`/`0`, depending on where it is
    used (Reusable configuration reference).
    """
    value = read(name)
    if not value:
        return default
    if value.lower() not in _SWITCH:
        raise UsageError(f"{name} is {value!r}; expected on or off")
    return _SWITCH[value.lower()]


def read_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """Return the variable's value, one of `choices`; raises `UsageError` otherwise."""
    value = read(name, default)
    if value not in choices:
        raise UsageError(f"{name} is {value!r}; expected {', '.join(choices)}")
    return value


def find_checkout() -> str:
    """Return the folder in which the step started.

    The shell scripts run `cd /`, which sets OLDPWD ("cd" in POSIX.1-2017).
    """
    folder = read("DTE_CHECKOUT") or os.getcwd()
    return read("OLDPWD", folder) if folder == "/" else folder


def read_folder(name: str, default: str) -> str:
    """Return a folder's path with `~` expanded; the folder need not exist.

    A relative path is relative to the folder in which the step started.
    """
    folder = os.path.expanduser(read(name, default))
    return os.path.join(find_checkout(), folder)


def workflow_link(workflow_id: str) -> str:
    """Return the link to a workflow, on the host in this job's CIRCLE_BUILD_URL."""
    found = re.match(r"(https?)://([^/?#@\s]+)", read("CIRCLE_BUILD_URL"))
    scheme, host = found.groups() if found else ("https", "circleci.com")
    if host == "circleci.com":
        host = "app.circleci.com"
    return f"{scheme}://{host}/pipelines/workflows/{clean(workflow_id)}"
