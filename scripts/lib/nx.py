"""How the scripts call Nx: the folder, the command, and the words of a parameter."""

import json
import os
import shlex
from pathlib import Path
from typing import List, Optional

from failures import Refusal, UsageError
from settings import read

# `npx nx-cloud` works from this version on.
OLDEST_NX = 17
PNP_FIX = [
    "set nodeLinker: node-modules in .yarnrc.yml: npx can't run a Plug'n'Play Nx"
]


def call_nx(*words: str) -> List[str]:
    """The command that runs the workspace's own `nx` with `words`."""
    return ["npx", "nx", *words]


def call_nx_cloud(*words: str, version: str = "") -> List[str]:
    """The command that runs `nx-cloud`: the workspace's own, or the given version.

    `npx nx-cloud` works with Nx 17 to 24; `nx start-agent` only from 21.6 on.
    """
    if version:
        return ["npx", "--yes", "nx-cloud@" + version, *words]
    return ["npx", "nx-cloud", *words]


def split_words(name: str) -> List[str]:
    """The variable's value split into words like a shell command, without expansion.

    Raises `UsageError` for an open quote or a trailing backslash.
    """
    value = read(name)
    try:
        return shlex.split(value)
    except ValueError as error:
        raise UsageError(
            "{} is {!r}, which can't be split into words: {}".format(
                name, value, error
            ),
            suggestions=["close the quote, or write a backslash before it"],
        ) from error


def enter_checkout() -> Path:
    """Change to the folder in which the step started, and return its path.

    A step that also runs after a failed checkout names its folder in
    DTE_WORKING_DIRECTORY, since a step can't start in a folder that does not exist.
    """
    checkout = Path(read("DTE_CHECKOUT", os.getcwd()))
    folder = checkout / os.path.expanduser(read("DTE_WORKING_DIRECTORY", "."))
    chosen = folder if folder.is_dir() else checkout
    os.chdir(str(chosen))
    return chosen


def find_nx(start: Path) -> Optional[Path]:
    """The `nx` command that npx would run in `start`, or None.

    Without one, npx downloads the newest version, which fails after seconds.
    """
    for folder in (start, *start.resolve().parents):
        command = folder / "node_modules" / ".bin" / "nx"
        if command.exists():
            return command
    return None


def read_nx_version(start: Path) -> str:
    """The version of the workspace's Nx, for example 22.7.12, or empty if unknown."""
    for folder in (start, *start.resolve().parents):
        path = folder / "node_modules" / "nx" / "package.json"
        try:
            version = json.loads(path.read_text(encoding="utf-8")).get("version")
        except (OSError, ValueError, AttributeError):
            continue
        return version if isinstance(version, str) else ""
    return ""


def read_nx_major(start: Path) -> int:
    """The major version of the workspace's Nx, or 0 if it is unknown."""
    major = read_nx_version(start).partition(".")[0]
    return int(major) if major.isascii() and major.isdigit() and len(major) < 5 else 0


def require_nx(checkout: Path) -> None:
    """Raise `Refusal` if Nx is missing in `checkout` or too old."""
    if 0 < read_nx_major(checkout) < OLDEST_NX:
        raise Refusal(
            "this workspace has Nx {}; dte needs Nx {} or later".format(
                read_nx_version(checkout), OLDEST_NX
            ),
            suggestions=["update it: npx nx migrate latest"],
        )
    if find_nx(checkout) is None:
        raise Refusal(
            "nx is not installed in {}".format(checkout),
            suggestions=[
                "install the packages in an earlier step (parameter `package_manager`)",
                "set the parameter `working_directory` to the folder that has nx.json",
                *PNP_FIX * (checkout / ".pnp.cjs").exists(),
            ],
        )
