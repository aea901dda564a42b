"""Let Nx Cloud analyze failed tasks of this job and propose a fix (self-healing CI).

Runs at the end of every job that had tasks, and never fails the job.
"""

from bash_env import IDLE, REFUSED, read_mode
from bounded_run import run_bounded
from failures import say
from nx import call_nx, enter_checkout, find_nx


def main() -> None:
    """Run `nx fix-ci` once, if Nx is installed and the job had tasks."""
    if read_mode() in (IDLE, REFUSED) or find_nx(enter_checkout()) is None:
        say("Nothing to do, because this job ended before its tasks.")
        return
    if not run_bounded([call_nx("fix-ci")]):
        say("warning: nx fix-ci failed. The result of the job does not change.")
