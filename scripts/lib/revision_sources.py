"""Where `set_shas` learns what passed: the attempt job's record, or CircleCI's API."""

from typing import Iterator, Optional

from attempts import (
    AttemptRecord,
    DamagedRecord,
    read_record,
    read_records,
    record_path,
)
from bases import NoBase
from circleci import ApiFailure
from failures import Misuse, Refusal, say
from passed_revisions import Passed
from search_settings import open_search
from settings import read, read_folder, require_id


def find_record(main_branch: str) -> Optional[AttemptRecord]:
    """The attempt job's record: this workflow's, else the last of this workspace.

    Raises `Misuse` where it tells of another branch than `main_branch`.
    """
    workflow_id = require_id("CIRCLE_WORKFLOW_ID") if read("CIRCLE_WORKFLOW_ID") else ""
    workspace_id = read("CIRCLE_WORKFLOW_WORKSPACE_ID", workflow_id)
    attempts = read_folder("DTE_ATTEMPTS", "~/.dte/attempts")
    path = record_path(attempts, workflow_id)
    record = None
    try:
        if workflow_id and path.exists():
            record = read_record(path)
    except DamagedRecord as damage:
        raise Refusal(
            damage.message, suggestions=["rerun the workflow from start"]
        ) from damage
    if record is None or record.workspace_id != workspace_id:
        others = read_records(attempts, workspace_id)[0]
        record = others[-1] if others else None
    if record is not None and record.main_branch != main_branch:
        raise Misuse(
            "the attempt job recorded what passed on {!r}, and DTE_MAIN_BRANCH here "
            "is {!r}".format(record.main_branch, main_branch),
            suggestions=["give dte/attempt and dte/main the same `main_branch`"],
        )
    return record


def list_recorded(record: AttemptRecord) -> Iterator[Passed]:
    """The revisions in the attempt job's record; raises `NoBase` where it has none."""
    if not record.successful_revisions:
        raise NoBase(
            "the record of attempt {} has no passed revisions: {}".format(
                record.attempt, record.reason or "none passed"
            )
        )
    places = record.passed_in or ("a pipeline",) * len(record.successful_revisions)
    for revision, place in zip(record.successful_revisions, places):
        where = "{}, says the record of attempt {}".format(place, record.attempt)
        yield Passed(revision, where)


def search_passed(main_branch: str) -> Iterator[Passed]:
    """The revisions that passed, says CircleCI's API; raises `NoBase` with a reason."""
    say("No attempt job left a record here, so CircleCI's API is asked.")
    search = open_search(main_branch)
    try:
        yield from search.find()
    except ApiFailure as failure:
        raise NoBase(failure.message, suggestions=failure.suggestions) from None
    finally:
        for line in search.describe():
            say(line)
