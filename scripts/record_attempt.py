"""Count this full run and leave its record: the only work of the attempt job.

A rerun keeps CIRCLE_WORKFLOW_WORKSPACE_ID and gets a new CIRCLE_WORKFLOW_ID; the
ledger, a cache under the workspace's id, holds the records of the earlier full runs,
and the attempt is one more than the highest in it. No token is needed to count.
"""

import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

from attempts import (
    AttemptRecord,
    DamagedRecord,
    read_record,
    read_records,
    record_path,
    remove_records,
    write_record,
)
from builds import read_build
from failures import Misuse, Refusal, run, say
from passed_revisions import Passed, collect_passed
from search_settings import open_search
from settings import read, read_folder, require_id


def ask_for_revisions(main_branch: str) -> Tuple[Optional[List[Passed]], str]:
    """The revisions of `main_branch` that last passed, or None with the reason.

    Never fails: without revisions the attempt job still has its number to record.
    """
    build = read_build(main_branch)
    if not build.needs_passed_revisions:
        return None, "CircleCI was not asked, for this build is of {}".format(build)
    found: List[Passed] = []
    try:
        search = open_search(main_branch)
        for passed in collect_passed(search):
            say("{} passed in {}".format(passed.revision[:12], passed.where))
            found.append(passed)
    except Refusal as refusal:
        reason = "; ".join([refusal.message, *refusal.suggestions])
        return found or None, reason
    except Exception as error:
        # Only the kind of the error: its text may hold what the server sent.
        reason = "the search for passed revisions broke off: " + type(error).__name__
        return found or None, reason
    reason = "" if found else " ".join([*search.describe(), "None of them passed."])
    return found, reason


def find_own_record(folder: Path, workflow_id: str) -> Optional[AttemptRecord]:
    """What an earlier call in this same workflow left in `folder`, if it is whole."""
    path = record_path(folder, workflow_id)
    try:
        return read_record(path) if os.path.lexists(str(path)) else None
    except DamagedRecord as error:
        say("warning: {}; it is written again".format(error.message))
        return None


def count_attempt(ledger: Path, workspace_id: str) -> int:
    """One more than the highest attempt that the ledger holds of this workspace."""
    records, damaged = read_records(ledger, workspace_id)
    for error in damaged:
        say("warning: {}; it is not counted".format(error.message))
    return records[-1].attempt + 1 if records else 1


def make_record(
    folders: Sequence[Path], workflow_id: str, workspace_id: str
) -> AttemptRecord:
    """The record of this run, the same again when the workflow has one already.

    The first of `folders` is the ledger.
    """
    for folder in folders:
        own = find_own_record(folder, workflow_id)
        if own and own.workspace_id == workspace_id:
            return own
    main_branch = read("DTE_MAIN_BRANCH", "main")
    passed, reason = ask_for_revisions(main_branch)
    revisions = None if passed is None else tuple(one.revision for one in passed)
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    return AttemptRecord(
        attempt=count_attempt(folders[0], workspace_id),
        workflow_id=workflow_id,
        workspace_id=workspace_id,
        pipeline_id=read("CIRCLE_PIPELINE_ID"),
        recorded_at=now.isoformat() + "Z",
        main_branch=main_branch,
        successful_revisions=revisions,
        passed_in=tuple(one.where for one in passed or ()),
        reason=reason,
    )


def save_in_ledger(ledger: Path, record: AttemptRecord) -> None:
    """Add `record` to the ledger, and take out what belongs to other workspaces.

    A ledger that can't be written costs a number in a later rerun, and nothing else.
    """
    try:
        write_record(ledger, record)
    except OSError as error:
        say("warning: the ledger {} can't be written: {}".format(ledger, error))
        say("warning: the next full run may count from 1 again; its guard stays right")
        return
    remove_records(ledger, lambda other: other.workspace_id != record.workspace_id)


def main() -> None:
    """Write this run's record into the attempts folder, and into the ledger."""
    workflow_id = require_id("CIRCLE_WORKFLOW_ID")
    workspace_id = read("CIRCLE_WORKFLOW_WORKSPACE_ID", workflow_id)
    ledger = read_folder("DTE_LEDGER", "~/.dte/ledger")
    attempts = read_folder("DTE_ATTEMPTS", "~/.dte/attempts")
    if os.path.realpath(str(ledger)) == os.path.realpath(str(attempts)):
        raise Misuse(
            "DTE_LEDGER and DTE_ATTEMPTS are the same folder",
            suggestions=["leave both unset, or name two folders"],
        )
    record = make_record([ledger, attempts], workflow_id, workspace_id)
    # A file that two runs persist may clash, so the older records don't travel again.
    remove_records(attempts, lambda other: other.workflow_id != workflow_id)
    path = write_record(attempts, record)
    save_in_ledger(ledger, record)
    if not record.successful_revisions:
        say("No passed revisions in the record: {}.".format(record.reason))
    say("Recorded in {}.".format(path))
    print("This is attempt {} of workflow {}.".format(record.attempt, workflow_id))


if __name__ == "__main__":
    run(main)
