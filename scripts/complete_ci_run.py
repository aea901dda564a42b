"""Tell Nx Cloud that the run is over, for a run that asked to be told so.

Without it, a run with `explicit_completion` stays open until Nx Cloud gives it up.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import never_started, read_mode
from bounded_run import run_bounded
from failures import Refusal, run, say
from nx import enter_checkout, find_nx
from run_names import export_names


def main() -> None:
    """Run `nx-cloud complete-ci-run`; raises `Refusal` where three tries fail."""
    checkout = enter_checkout()
    if read_mode() or never_started() or find_nx(checkout) is None:
        say("No run is completed: this job started none.")
        return
    export_names()
    if not run_bounded([["npx", "nx-cloud", "complete-ci-run"]] * 3):
        raise Refusal(
            "the run could not be completed, so Nx Cloud may show it as running",
            suggestions=["complete it on its page in Nx Cloud"],
            reference="Nx docs, nx-cloud CLI, --require-explicit-completion",
        )


if __name__ == "__main__":
    run(main)
