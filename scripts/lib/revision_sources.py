"""Reads the passed revisions from the attempt record or from CircleCI's API."""

from typing import Iterator, Optional

from attempts import AttemptRecord, find_records
from bases import NoBase
from circleci import ApiFailure
from failures import Refusal, UsageError, clean, say
from passed_revisions import Passed
from search_settings import open_search
from settings import read


def find_record(main_branch: str) -> Optional[AttemptRecord]:
    """Return this workflow's record, or else the latest one in this workspace.

    Raises `UsageError` if the record is for a branch other than `main_branch`.
    """
    if not read("CIRCLE_WORKFLOW_ID"):
        return None
    found = find_records()
    if found.own_damage:
        raise Refusal(
            found.own_damage.message,
            suggestions=["rerun the workflow from start"],
            code="damaged-record",
        )
    record = found.own or (found.earlier[-1] if found.earlier else None)
    if record is not None and record.main_branch != main_branch:
        raise UsageError(
            "the attempt job searched {!r}, but DTE_MAIN_BRANCH in this job is "
            "{!r}".format(clean(record.main_branch), main_branch),
            suggestions=[
                "set `main_branch` to the same value on dte/attempt and dte/main"
            ],
        )
    return record


def list_recorded(record: AttemptRecord) -> Iterator[Passed]:
    """Yield the revisions in the attempt record; raises `NoBase` if it has none."""
    if not record.successful_revisions:
        raise NoBase(
            "the record of attempt {} has no passed revisions: {}".format(
                record.attempt, clean(record.reason, 500) or "none passed"
            )
        )
    places = record.passed_in or ("a pipeline",) * len(record.successful_revisions)
    for revision, place in zip(record.successful_revisions, places):
        where = "{}, from the record of attempt {}".format(clean(place), record.attempt)
        yield Passed(revision, where)


def search_passed(main_branch: str) -> Iterator[Passed]:
    """Yield the passed revisions from CircleCI's API; raises `NoBase` with a reason."""
    say("There is no attempt record here, so dte asks CircleCI's API.")
    search = open_search(main_branch)
    try:
        yield from search.find()
    except ApiFailure as failure:
        raise NoBase(failure.message, suggestions=failure.suggestions) from None
    finally:
        for line in search.describe():
            say(line)
