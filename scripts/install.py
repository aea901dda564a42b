"""Install the workspace's packages, with the package manager of its lock file."""

from bash_env import IDLE, read_mode
from commands import become
from failures import say
from nx import enter_checkout, split_words
from package_managers import plan_install


def main() -> None:
    """Run the install command, unless there is none or the agent is idle."""
    words = split_words("DTE_INSTALL")
    if read_mode() == IDLE:
        say("This agent runs no tasks, so no packages are installed.")
        return
    folder = enter_checkout()
    words = words or plan_install(folder)
    if not words:
        say("`package_manager` is none, so no packages are installed.")
        return
    become(words)
