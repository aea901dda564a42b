"""Refuse a partial rerun: runs first in every job that takes part in the DTE.

A rerun is a new workflow with a new id ("Automatic reruns" in CircleCI's docs). Only
a full run has a record under its own workflow id, because only there does the attempt
job run again.
"""

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
from failures import Refusal, run, say
from settings import read, read_folder, read_switch, require_id, workflow_link

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


def main() -> None:
    """Print the attempt, or refuse; `DTE_RERUN_GUARD=off` turns that into a warning."""
    enforced = read_switch("DTE_RERUN_GUARD", True)
    workflow_id = require_id("CIRCLE_WORKFLOW_ID")
    workspace_id = read("CIRCLE_WORKFLOW_WORKSPACE_ID", workflow_id)
    folder = read_folder("DTE_ATTEMPTS", "~/.dte/attempts")
    try:
        record = check_attempt(folder, workflow_id, workspace_id)
    except Refusal as refusal:
        if enforced:
            raise
        say(str(refusal))
        say("warning: DTE_RERUN_GUARD is off, so this job goes on all the same;")
        say("warning: main may wait for agents that don't come, up to an hour.")
        return
    print(f"This is attempt {record.attempt} of workflow {workflow_id}.")


if __name__ == "__main__":
    run(main)
