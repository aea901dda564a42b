"""Find the folder and the command of Nx, and split parameters into words."""

import os
import shlex
import shutil
from pathlib import Path
from typing import List, Optional

from failures import Refusal, UsageError
from nx_version import find_upwards, read_nx_version, refuse_old_nx
from package_managers import COREPACK, call_corepack
from settings import find_checkout, read

# Yarn's Plug'n'Play writes this file instead of node_modules.
_PNP = ".pnp.cjs"
_RUNNERS = {
    "npx": ["npx"],
    "yarn": ["yarn"],
    "corepack": ["corepack", "yarn"],
    COREPACK: ["npx", "--yes", COREPACK, "yarn"],
    "bunx": ["bunx"],
}


def call_nx(*words: str) -> List[str]:
    """Return the command that runs the workspace's own `nx` with `words`."""
    return [*_RUNNERS[find_runner()], "nx", *words]


def call_nx_cloud(*words: str, version: str = "") -> List[str]:
    """Return the command for `nx-cloud`: the workspace's own, or the given version.

    `npx nx-cloud` works with Nx 17 to 24; `nx start-agent` only from 21.6 on.
    """
    if not version:
        return [*_RUNNERS[find_runner()], "nx-cloud", *words]
    if shutil.which("npx") or not shutil.which("bunx"):
        return ["npx", "--yes", "nx-cloud@" + version, *words]
    return ["bunx", "nx-cloud@" + version, *words]


def find_runner() -> str:
    """Return the key of _RUNNERS for the packages' commands in the current folder.

    npx finds nothing in a Plug'n'Play workspace, and an image for Bun may lack npx.
    """
    if find_upwards(Path.cwd(), _PNP):
        return (call_corepack(Path.cwd(), "yarn") or ["yarn"])[-1]
    if not shutil.which("npx") and shutil.which("bunx"):
        return "bunx"
    return "npx"


def split_words(name: str) -> List[str]:
    """Return the variable's words, split like a shell command but not expanded.

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
    """Change to the step's working directory, and return its path.

    A step that also runs after a failed checkout names its folder in
    DTE_WORKING_DIRECTORY, since a step can't start in a folder that does not exist.
    """
    checkout = Path(find_checkout())
    folder = checkout / os.path.expanduser(read("DTE_WORKING_DIRECTORY", "."))
    chosen = folder if folder.is_dir() else checkout
    os.chdir(str(chosen))
    return chosen


def find_nx(start: Path) -> Optional[Path]:
    """Return the file that shows that Nx is installed in `start`, or None.

    Without Nx, npx downloads the newest version, which fails after some seconds.
    """
    installed = find_upwards(start, "node_modules", ".bin", "nx")
    return installed or find_upwards(start, _PNP)


def require_nx(checkout: Path) -> None:
    """Raise `Refusal` if Nx is missing in `checkout` or too old."""
    refuse_old_nx(read_nx_version(checkout))
    if find_nx(checkout) is None:
        raise Refusal(
            "nx is not installed in {}".format(checkout),
            suggestions=[
                "install the packages in an earlier step (parameter `package_manager`)",
                "set the parameter `working_directory` to the folder that has nx.json",
            ],
            code="nx-missing",
        )
