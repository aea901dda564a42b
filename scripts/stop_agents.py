"""End the agents of this run: when a step of main failed, nobody else will."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from failures import run, say
from nx import enter_checkout, find_nx, run_nx


def main() -> None:
    """Become `nx-cloud stop-all-agents` where Nx is installed, else say why not.

    After a refused rerun there is no checkout, and no agents are waiting either.
    """
    if find_nx(enter_checkout()) is None:
        say("No agents were stopped: nx is not installed here, so no run was started.")
        return
    run_nx("nx-cloud", "stop-all-agents")


if __name__ == "__main__":
    run(main)
