"""Run tasks for main until Nx Cloud says that there are no more."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from failures import Misuse, run
from nx import run_nx
from settings import read


def main() -> None:
    """Become `nx-cloud start-agent`, named after its ordinal.

    Two agents of one name end in an error ("Environment variables" in the Nx docs).
    """
    ordinal = read("DTE_ORDINAL")
    if not (ordinal.isascii() and ordinal.isdigit()):
        raise Misuse(
            f"DTE_ORDINAL is {ordinal!r}; it takes a whole number",
            suggestions=[
                "run dte/agent with a matrix: {parameters: {ordinal: [1, 2]}}"
            ],
        )
    os.environ["NX_AGENT_NAME"] = "agent-" + ordinal
    run_nx("nx-cloud", "start-agent")


if __name__ == "__main__":
    run(main)
