"""Refuse a partial rerun: runs first in every job that takes part in the DTE.

A rerun is a new workflow with a new id ("Automatic reruns" in CircleCI's docs). Only
a full run has a record under its own workflow id, because only there does the attempt
job run again.
"""

import os
import sys
from pathlib import Path
from typing import Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))

from attempts import (
    AttemptRecord,
    DamagedRecord,
    read_record,
    read_records,
    record_path,
)
from bash_env import IDLE, REFUSED, WITHOUT_AGENTS, set_mode
from failures import Refusal, run, say
from settings import (
    read,
    read_choice,
    read_folder,
    read_switch,
    require_id,
    workflow_link,
)

ALONE = "run_without_agents"
CHOICES = ("refuse", ALONE, "off")
ROLES = ("main", "agent")
REFERENCE = "CircleCI docs, Rerun a workflow's failed jobs; Automatic reruns"


class PartialRerun(Refusal):
    """Its first two lines are the contract's, so nothing stands before them."""

    prefix = ""


def refuse_partial_rerun(last: AttemptRecord, workflow_id: str) -> PartialRerun:
    """The refusal of a workflow that inherited only the records of older ones."""
    return PartialRerun(
        "You reran only failed jobs, but CI requires rerunning all jobs.\n"
        "Rerun all jobs in the pipeline to prevent this error.",
        details=[
            "",
            f"The last full run was attempt {last.attempt} "
            f"(workflow {last.workflow_id}, recorded {last.recorded_at}).",
            f"This workflow, {workflow_id}, reran some of its jobs.",
        ],
        suggestions=[
            'press "Rerun workflow from start" at ' + workflow_link(workflow_id),
            "to debug a job with SSH, set DTE_RERUN_GUARD=off in the project's "
            "environment variables, and remove it afterwards",
        ],
        reference=REFERENCE,
    )


def refuse_without_record(
    workflow_id: str, workspace_id: str, damaged: Sequence[DamagedRecord]
) -> Refusal:
    """The refusal where the workspace brought no record of this workspace at all."""
    upstream = (
        "the attempt job must be upstream of this job; in the workflow, give it\n"
        "        requires: [dte/attempt]"
    )
    expired = (
        "in a rerun, the workspace may have expired (it is kept for 15 days at most); "
        "push a commit or trigger a new pipeline"
    )
    # Whether a rerun from start keeps the workspace's id is told both ways, so the
    # two ids only decide which cause is named first.
    causes = [upstream, expired] if workflow_id == workspace_id else [expired, upstream]
    return Refusal(
        f"no attempt record came with the workspace of workflow {workflow_id}",
        details=[f"ignored: {error.message}" for error in damaged],
        suggestions=causes,
        reference="CircleCI docs, Using workspaces to share data between jobs",
    )


def check_attempt(folder: Path, workflow_id: str, workspace_id: str) -> AttemptRecord:
    """This workflow's own record in `folder`; raises `Refusal` where there is none."""
    path = record_path(folder, workflow_id)
    if path.exists() or path.is_symlink():
        record = read_record(path)
        if record.workspace_id == workspace_id:
            return record
    others, damaged = read_records(folder, workspace_id)
    if others:
        raise refuse_partial_rerun(others[-1], workflow_id)
    raise refuse_without_record(workflow_id, workspace_id, damaged)


def go_on_alone(role: str) -> None:
    """Let main do all the work, and end an agent green, at once where that can be."""
    if role == "main":
        set_mode(WITHOUT_AGENTS)
        say("notice: this is a partial rerun, so main runs all tasks by itself.")
        return
    set_mode(IDLE)
    say("notice: this is a partial rerun, in which main runs all tasks by itself;")
    say("notice: this agent has nothing to do, and ends green.")
    # Where CircleCI's command is missing, the later steps see the mode instead.
    os.spawnlp(os.P_WAIT, "circleci-agent", "circleci-agent", "step", "halt")


def guard(choice: str, role: str) -> None:
    """Print the attempt; raise a `Refusal` of what `choice` does not let through."""
    workflow_id = require_id("CIRCLE_WORKFLOW_ID")
    workspace_id = read("CIRCLE_WORKFLOW_WORKSPACE_ID", workflow_id)
    folder = read_folder("DTE_ATTEMPTS", "~/.dte/attempts")
    try:
        record = check_attempt(folder, workflow_id, workspace_id)
    except PartialRerun:
        if choice != ALONE:
            raise
        go_on_alone(role)
    else:
        print(f"This is attempt {record.attempt} of workflow {workflow_id}.")


def main() -> None:
    """Print the attempt, or refuse; `DTE_RERUN_GUARD=off` turns that into a warning."""
    choice = read_choice("DTE_PARTIAL_RERUN", CHOICES[0], CHOICES)
    role = read_choice("DTE_ROLE", ROLES[0], ROLES)
    off = {
        "DTE_RERUN_GUARD": not read_switch("DTE_RERUN_GUARD", True),
        "partial_rerun": choice == "off",
    }
    try:
        # The switch for a debug run goes before what the parameter says.
        guard("off" if any(off.values()) else choice, role)
    except Refusal as refusal:
        if refusal.exit_code != 1 or not any(off.values()):
            if read("BASH_ENV"):
                set_mode(REFUSED)
            raise
        name = next(name for name, is_off in off.items() if is_off)
        say(str(refusal))
        say(f"warning: {name} is off, so this job goes on all the same;")
        say("warning: main may wait for agents that don't come, until its time-out.")


if __name__ == "__main__":
    run(main)
