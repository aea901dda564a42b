"""Tell Nx Cloud that main distributes its tasks to agents of our own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from failures import Misuse, run
from nx import join_targets, run_nx


def main() -> None:
    """Become `nx-cloud start-ci-run`.

    Nx Cloud has to know every target that still has to run before it may stop the
    agents (Nx docs, Manual DTE), so all targets are named unless the user names some.
    """
    last = join_targets("DTE_STOP_AGENTS_AFTER") or join_targets("DTE_TARGETS")
    if not last:
        raise Misuse(
            "neither DTE_STOP_AGENTS_AFTER nor DTE_TARGETS names a target",
            suggestions=["set the parameter `targets`, for example to lint,test,build"],
        )
    run_nx(
        "nx-cloud",
        "start-ci-run",
        "--distribute-on=manual",
        "--stop-agents-after=" + last,
    )


if __name__ == "__main__":
    run(main)
