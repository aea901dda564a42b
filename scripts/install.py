"""Install the workspace's packages with its package manager."""

from bash_env import IDLE, read_mode
from commands import become
from download_cache import keep_downloads
from failures import say
from nx import enter_checkout, split_words
from nx_version import read_locked_nx, refuse_old_nx
from package_managers import NONE, choose_manager, plan_install
from settings import read_switch


def main() -> None:
    """Run the install command, unless there is none or the agent is idle.

    This is the first step with a checkout, so it refuses an Nx that is too old.
    """
    words = split_words("DTE_INSTALL")
    if read_mode() == IDLE:
        say("This agent runs no tasks, so no packages are installed.")
        return
    folder = enter_checkout()
    refuse_old_nx(read_locked_nx(folder))
    cached = read_switch("DTE_CACHE", False)
    manager = choose_manager(folder) if cached or not words else NONE
    words = words or plan_install(manager, folder)
    if not words:
        say("`package_manager` is none, so no packages are installed.")
        return
    if cached and manager != NONE:
        keep_downloads(manager, folder)
    become(words)
