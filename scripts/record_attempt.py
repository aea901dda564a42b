"""Count this full run and write its record: the only work of the attempt job.

A rerun keeps CIRCLE_WORKFLOW_WORKSPACE_ID and gets a new CIRCLE_WORKFLOW_ID. The
ledger, a cache under the workspace's id, contains the records of the earlier full runs.
The attempt number is one more than the highest in the ledger. Counting needs no token.
"""

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import List, Optional, Tuple

from attempts import (
    AttemptRecord,
    RunRecords,
    attempts_folder,
    describe_damage,
    find_records,
)
from builds import read_build
from code_archive import remove_archives, require_archive, write_archive
from failures import Refusal, UsageError, clean, say
from passed_revisions import Passed, collect_passed
from record_files import remove_records, write_record
from search_settings import open_search
from settings import read, read_folder, read_switch

CODE_FOLDER = "code"


def ask_for_revisions(main_branch: str) -> Tuple[Optional[List[Passed]], str]:
    """Return `main_branch`'s last passed revisions, or None, and why any are missing.

    A failed request is no error: the job still records the attempt's number.
    """
    if not read_switch("DTE_FIND_BASE", True):
        return None, "CircleCI was not asked, because find_base is false"
    build = read_build(main_branch)
    if not build.needs_passed_revisions:
        return None, f"CircleCI was not asked, because this is a build of {build}"
    found: List[Passed] = []
    try:
        search = open_search(main_branch)
        for passed in collect_passed(search):
            say(f"{passed.revision[:12]} passed in {passed.where}")
            found.append(passed)
    except Refusal as refusal:
        reason = "; ".join([refusal.message, *refusal.suggestions])
        return found or None, reason
    except Exception as error:
        # Name only the error's type: the text may contain what the server sent.
        reason = "the search for passed revisions failed: " + type(error).__name__
        return found or None, reason
    reason = "" if found else " ".join([*search.describe(), "None of them passed."])
    return found, reason


def warn_of_damage(records: RunRecords) -> None:
    """Print one line about the ledger's damaged files, if there are any."""
    for line in describe_damage(records.damaged, "warning: ignored: "):
        say(line)


def make_record(ledger: RunRecords, attempts: RunRecords) -> AttemptRecord:
    """Return the record of this run: the existing one, or a new one."""
    for found in (ledger, attempts):
        if found.own:
            return found.own
        if found.own_damage:
            message = found.own_damage.message
            say(f"warning: {message}; dte replaces it")
    warn_of_damage(ledger)
    main_branch = read("DTE_MAIN_BRANCH", "main")
    passed, reason = ask_for_revisions(main_branch)
    revisions = None if passed is None else tuple(one.revision for one in passed)
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    return AttemptRecord(
        attempt=ledger.earlier[-1].attempt + 1 if ledger.earlier else 1,
        workflow_id=ledger.workflow_id,
        workspace_id=ledger.workspace_id,
        pipeline_id=read("CIRCLE_PIPELINE_ID"),
        recorded_at=now.isoformat() + "Z",
        main_branch=main_branch,
        successful_revisions=revisions,
        passed_in=tuple(one.where for one in passed or ()),
        reason=reason,
    )


def save_in_ledger(ledger: Path, record: AttemptRecord) -> None:
    """Add `record` to the ledger, and remove the records of other workspaces."""
    try:
        write_record(ledger, record)
    except OSError as error:
        say(f"warning: the ledger {ledger} can't be written: {error}")
        say("warning: the next full run may be attempt 1 again; the guard still works")
        return
    remove_records(ledger, record, siblings=False)


def main() -> None:
    """Write this run's record into the attempts folder and into the ledger."""
    ledger = Path(read_folder("DTE_LEDGER", ".dte-attempt/ledger"))
    attempts = Path(attempts_folder(".dte-attempt/attempts"))
    if os.path.realpath(str(ledger)) == os.path.realpath(str(attempts)):
        raise UsageError(
            "DTE_LEDGER and DTE_ATTEMPTS are the same folder",
            suggestions=["unset both, or set them to two different folders"],
        )
    archive = require_archive(read("DTE_CODE"))
    record = make_record(find_records(str(ledger)), find_records(str(attempts)))
    workflow_id = record.workflow_id
    code = attempts.parent / CODE_FOLDER
    # If two runs persist the same file, they conflict, so older files are removed.
    remove_records(attempts, record, siblings=True)
    remove_archives(code, attempts)
    path = write_record(attempts, record)
    write_archive(code, workflow_id, archive)
    save_in_ledger(ledger, record)
    if not record.successful_revisions:
        reason = clean(record.reason, 500)
        say(f"The record has no passed revisions: {reason}.")
    say(f"Recorded in {path}.")
    print(f"This is attempt {record.attempt} of workflow {workflow_id}.")
