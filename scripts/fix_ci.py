"""Let Nx Cloud look at what failed in this job and propose a fix (self-healing CI).

Runs always, at the end, and never fails the job: it is no part of the tasks.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import IDLE, REFUSED, read_mode
from bounded_run import run_bounded
from failures import run, say
from nx import enter_checkout, find_nx


def main() -> None:
    """Run `nx fix-ci` once, where Nx is installed and the job had tasks."""
    if read_mode() in (IDLE, REFUSED) or find_nx(enter_checkout()) is None:
        say("Nothing to do: this job did not come as far as its tasks.")
        return
    if not run_bounded([["npx", "nx", "fix-ci"]]):
        say("warning: that failed; the job's own result stands.")


if __name__ == "__main__":
    run(main)
