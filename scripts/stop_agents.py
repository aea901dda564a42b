"""Stop the agents of this run when main's tasks are over or main failed.

It never fails: the job's log should show what failed before.
"""

import os
from pathlib import Path
from typing import List

from bash_env import REFUSED, is_word, read_mode, started_by_file
from bounded_run import run_bounded
from failures import Refusal, UsageError, say
from nx import call_nx_cloud, enter_checkout, find_nx
from nx_json import find_root
from run_names import export_names
from settings import read

NX_CLOUD_VERSION = "19.1.3"
COMMAND = "stop-all-agents"


def explain_nothing(checkout: Path) -> str:
    """Return why there are no agents to stop, or ""."""
    mode = read_mode()
    if mode == REFUSED:
        return "this job was refused before it started a run"
    if mode:
        return "this job ran without agents"
    if started_by_file() and read("DTE_WHEN") == "on_success":
        return ".nx/ci-config.yaml decides when they end"
    if find_root(checkout) is None and find_nx(checkout) is None:
        return "there is no checkout of an Nx workspace"
    return ""


def plan_tries(checkout: Path) -> List[List[str]]:
    """Return the commands to try, in order; without Nx, npx downloads a fixed version.

    If main passed, one try is enough, because its heartbeat stops anyway.
    """
    version = read("DTE_NX_CLOUD_VERSION", NX_CLOUD_VERSION)
    if not is_word(version):
        raise UsageError("nx_cloud_version is {!r}, not a version".format(version))
    installed = call_nx_cloud(COMMAND)
    downloaded = call_nx_cloud(COMMAND, version=version)
    tries = [installed, installed, downloaded]
    if find_nx(checkout) is None:
        tries = [downloaded] * 3
    return tries[:1] if read("DTE_WHEN") == "on_success" else tries


def main() -> None:
    """Stop the agents, or say why not and what stops them instead."""
    checkout = enter_checkout()
    try:
        nothing = explain_nothing(checkout)
        if nothing:
            say("No agents were stopped: {}.".format(nothing))
            return
        export_names()
        # Nx Cloud's client would try ten times, so an outage would cost two minutes.
        os.environ.setdefault("NX_CLOUD_NUMBER_OF_RETRIES", "2")
        if run_bounded(plan_tries(checkout)):
            return
    except Refusal as refusal:
        say(str(refusal).replace("error:", "warning:", 1))
    say("warning: the agents could not be stopped. Each agent stops when Nx Cloud no")
    say("warning: longer receives main's heartbeat, or after agent_timeout without a")
    say("warning: task (NX_CLOUD_AGENT_TIMEOUT_MS).")
