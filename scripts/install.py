"""Install the workspace's packages with the words of the `install` parameter."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import IDLE, read_mode
from failures import run, say
from nx import enter_checkout, run_words, split_words


def main() -> None:
    """Become the install command; no words at all mean that nothing is installed."""
    words = split_words("DTE_INSTALL")
    if read_mode() == IDLE:
        say("This agent has nothing to do, so nothing is installed.")
        return
    if not words:
        say("The parameter `install` is empty, so nothing is installed.")
        return
    enter_checkout()
    run_words(words)


if __name__ == "__main__":
    run(main)
