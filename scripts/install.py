"""Install the workspace's packages with the command in the parameter `install`."""

from bash_env import IDLE, read_mode
from commands import become
from failures import say
from nx import enter_checkout, split_words


def main() -> None:
    """Run the install command, unless the parameter is empty or the agent idle."""
    words = split_words("DTE_INSTALL")
    if read_mode() == IDLE:
        say("This agent runs no tasks, so no packages are installed.")
        return
    if not words:
        say("The parameter `install` is empty, so no packages are installed.")
        return
    enter_checkout()
    become(words)
