"""How a step becomes one Nx command: words, never shell text."""

import os
import shlex
from pathlib import Path
from typing import List, NoReturn, Optional

from failures import Misuse, Refusal, say
from settings import read


def split_words(name: str) -> List[str]:
    """The variable's value split as a shell splits words, with nothing expanded.

    Raises `Misuse` for an open quote or a trailing backslash.
    """
    value = read(name)
    try:
        return shlex.split(value)
    except ValueError as error:
        raise Misuse(
            f"{name} is {value!r}, which can't be split into words: {error}",
            suggestions=["close the quote, or write a backslash before it"],
        ) from error


def join_targets(name: str) -> str:
    """The variable's comma list without spaces and empty items, for Nx."""
    return ",".join(item.strip() for item in read(name).split(",") if item.strip())


def enter_checkout() -> Path:
    """Go back to the folder that the loader left, and give its path.

    A step that also runs where the checkout failed names its folder in
    DTE_WORKING_DIRECTORY, since a step can't start in a folder that is not there.
    """
    checkout = Path(read("DTE_CHECKOUT", os.getcwd()))
    folder = checkout / os.path.expanduser(read("DTE_WORKING_DIRECTORY", "."))
    chosen = folder if folder.is_dir() else checkout
    os.chdir(str(chosen))
    return chosen


def find_nx(start: Path) -> Optional[Path]:
    """The `nx` command that npx would run in `start`, or None.

    Without one, npx downloads whatever version is newest and fails after seconds.
    """
    for folder in (start, *start.resolve().parents):
        command = folder / "node_modules" / ".bin" / "nx"
        if command.exists():
            return command
    return None


def run_words(words: List[str]) -> NoReturn:
    """Print `words` as a shell would take them, and become that command."""
    say("$ " + " ".join(shlex.quote(word) for word in words))
    try:
        os.execvp(words[0], words)
    except OSError as error:
        raise Refusal(
            f"{words[0]} can't be started: {error.strerror}",
            suggestions=["install it in an earlier step, or in the executor's image"],
        ) from error


def require_nx(checkout: Path) -> None:
    """Raise `Refusal` where npx would not find Nx in `checkout`."""
    if find_nx(checkout) is None:
        raise Refusal(
            f"nx is not installed in {checkout}",
            suggestions=[
                "install the packages in an earlier step (parameter `install`)",
                "set the parameter `working_directory` to the folder that has nx.json",
            ],
        )


def run_nx(*words: str) -> NoReturn:
    """Become `npx <words>` in the checkout; raises `Refusal` where Nx is missing."""
    require_nx(enter_checkout())
    run_words(["npx", *words])
