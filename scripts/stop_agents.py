"""End the agents of this run: after a failure, and where there was nothing to run,
nobody else will do it at once.

Runs when the tasks are over, and never fails: what failed before is what the job has
to show.
"""

import sys
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import REFUSED, is_word, read_mode
from bounded_run import run_bounded
from failures import Misuse, Refusal, run, say
from nx import enter_checkout, find_nx
from nx_json import find_root
from run_names import export_names
from settings import read

NX_CLOUD_VERSION = "19.1.3"
COMMAND = "stop-all-agents"


def explain_nothing(checkout: Path) -> str:
    """Why there is nobody to stop, or empty."""
    mode = read_mode()
    if mode == REFUSED:
        return "this job was refused before it started a run"
    if mode:
        return "this job went on without agents"
    if find_root(checkout) is None and find_nx(checkout) is None:
        return "there is no checkout of an Nx workspace here"
    return ""


def plan_tries(checkout: Path) -> List[List[str]]:
    """What to try, in order. Without Nx, npx has to be told which version to fetch.

    After a success one try is enough: main ends now, and its heartbeat with it.
    """
    version = read("DTE_NX_CLOUD_VERSION", NX_CLOUD_VERSION)
    if not is_word(version):
        raise Misuse("nx_cloud_version is {!r}, which is no version".format(version))
    own = ["npx", "nx-cloud", COMMAND]
    fetched = ["npx", "--yes", "nx-cloud@" + version, COMMAND]
    tries = [fetched] * 3 if find_nx(checkout) is None else [own, own, fetched]
    return tries[:1] if read("DTE_WHEN") == "on_success" else tries


def main() -> None:
    """Stop them, or say why not, and what ends them now."""
    checkout = enter_checkout()
    try:
        nothing = explain_nothing(checkout)
        if nothing:
            say("No agents were stopped: {}.".format(nothing))
            return
        export_names()
        if run_bounded(plan_tries(checkout)):
            return
    except Refusal as refusal:
        say(str(refusal).replace("error:", "warning:", 1))
    say("warning: the agents could not be stopped. Each ends when Nx Cloud no longer")
    say("warning: hears main's heartbeat, or by itself after agent_timeout without a")
    say("warning: task (NX_CLOUD_AGENT_TIMEOUT_MS).")


if __name__ == "__main__":
    run(main)
