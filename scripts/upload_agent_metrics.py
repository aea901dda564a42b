"""Send Nx Cloud what this agent used of its processor and memory (Nx 22.1 or later).

Runs always, at the end, and never fails the job: it is no part of the tasks.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import read_mode
from bounded_run import run_bounded
from failures import run, say
from nx import enter_checkout, find_nx


def main() -> None:
    """Run `nx-cloud upload-agent-metrics` once, where the job had tasks."""
    if read_mode() or find_nx(enter_checkout()) is None:
        say("Nothing to do: this job did not come as far as a run with agents.")
        return
    if not run_bounded([["npx", "nx-cloud", "upload-agent-metrics"]]):
        say("warning: that failed; the job's own result stands.")


if __name__ == "__main__":
    run(main)
