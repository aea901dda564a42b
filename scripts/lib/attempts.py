"""Attempt records: one JSON file, `<workflow id>.json`, for each full run.

`record_attempt` writes them; `rerun_guard`, `rerun_all` and `set_shas` read them. This
module decides which record belongs to the current run, and reports files that
can't be read.

The guard runs in every job, so this module doesn't import `pathlib`, `typing` or named
tuples: importing them takes half as long as starting Python.
"""

from __future__ import annotations

import json
import os
import re
import stat
import time

from failures import Refusal, clean, read_number
from settings import read, read_folder, require_id

SCHEMA = 1
LARGEST_FILE = 1_000_000
HIGHEST_ATTEMPT = 1_000_000
_REVISION = r"(?:[0-9a-f]{40}|[0-9a-f]{64})"
_TEXTS = ("workflow_id", "workspace_id", "pipeline_id", "recorded_at", "main_branch")


class AttemptRecord:
    """The record of one full run.

    `successful_revisions` are full SHAs, the newest first. `passed_in` names, in the
    same order, the pipeline in which each revision passed.
    """

    attempt: int
    workflow_id: str
    workspace_id: str
    pipeline_id: str
    recorded_at: str
    main_branch: str
    successful_revisions: tuple[str, ...] | None
    reason: str
    passed_in: tuple[str, ...] = ()

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


class DamagedRecord(Refusal):
    """A record file that can't be read, or that names another workflow."""

    code = "damaged-record"


class RunRecords:
    """The records in one folder, as the current run sees them.

    `own` is the record of this workflow, which only a full run has. `own_damage` is the
    reason if that record can't be read. `earlier` are the other records of this
    workspace, lowest attempt first.
    """

    def __init__(self, folder: str, workflow_id: str, workspace_id: str) -> None:
        self.workflow_id = workflow_id
        self.workspace_id = workspace_id
        self.own: AttemptRecord | None = None
        self.own_damage: DamagedRecord | None = None
        path = record_path(folder, workflow_id)
        if os.path.lexists(path):
            try:
                self.own = read_record(path)
            except DamagedRecord as error:
                self.own_damage = error
        if self.own and self.own.workspace_id != workspace_id:
            self.own = None
        records, self.damaged = read_records(folder, workspace_id)
        self.earlier = [one for one in records if one.workflow_id != workflow_id]

    def require_own_readable(self) -> None:
        """Raise `DamagedRecord` if this workflow's own record can't be read."""
        if self.own_damage:
            raise self.own_damage


def attempts_folder(default: str = "~/.dte/attempts") -> str:
    """Return the folder with the records, by default the attached workspace's."""
    return read_folder("DTE_ATTEMPTS", default)


def find_records(folder: str = "") -> RunRecords:
    """Return the records in `folder` (default: the attempts folder) for this run.

    A record is this run's own if its file is named after CIRCLE_WORKFLOW_ID and
    contains this workspace's id. Raises `UsageError` when an id is unset or malformed.

    If this run's record is damaged, or only its code exists, waits up to a second:
    another job with the same home folder may be attaching the workspace.
    """
    workflow_id = require_id("CIRCLE_WORKFLOW_ID")
    workspace_id = read("CIRCLE_WORKFLOW_WORKSPACE_ID", workflow_id)
    attempts = folder or attempts_folder()
    name = "{}-{}.pyz".format(workflow_id, read("DTE_CODE"))
    code = os.path.join(os.path.dirname(attempts), "code", name)
    found = RunRecords(attempts, workflow_id, workspace_id)
    for _ in range(0 if folder else 5):
        if found.own or not (found.own_damage or os.path.exists(code)):
            break
        time.sleep(0.2)
        found = RunRecords(attempts, workflow_id, workspace_id)
    return found


def decode_record(text: str) -> AttemptRecord:
    """Return the record in `text`; raises `ValueError` with the reason."""
    fields = json.loads(text, parse_int=read_number)
    if not isinstance(fields, dict):
        raise ValueError("it contains no JSON object")
    if fields.get("schema") != SCHEMA:
        raise ValueError(
            "its schema is {!r}, not {}".format(fields.get("schema"), SCHEMA)
        )
    attempt = fields.get("attempt")
    # In Python, True is an int.
    if type(attempt) is not int or not 1 <= attempt <= HIGHEST_ATTEMPT:
        raise ValueError(
            f"its attempt is {attempt!r}, not a number from 1 to {HIGHEST_ATTEMPT:,}"
        )
    for name in _TEXTS:
        if not isinstance(fields.get(name), str):
            raise ValueError(f"its {name} is missing or not a string")
    revisions = _decode_revisions(fields.get("successful_revisions"))
    return AttemptRecord(
        attempt=attempt,
        successful_revisions=revisions,
        passed_in=_decode_places(fields.get("passed_in"), len(revisions or ())),
        reason=str(fields.get("reason") or ""),
        **{name: fields[name] for name in _TEXTS},
    )


def _decode_revisions(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise ValueError("its successful_revisions are neither a list nor null")
    for revision in value:
        if not isinstance(revision, str) or not re.fullmatch(_REVISION, revision):
            raise ValueError(f"{revision!r} in it is not a revision")
    return tuple(value)


def _decode_places(value: object, count: int) -> tuple[str, ...]:
    if not value:
        return ()
    if not isinstance(value, list) or len(value) != count:
        raise ValueError("its passed_in does not match its successful_revisions")
    return tuple(str(place) for place in value)


def record_path(folder: str, workflow_id: str) -> str:
    """Return the file in `folder` that is the record of `workflow_id`."""
    return os.path.join(folder, workflow_id + ".json")


def list_files(folder: str) -> list[str]:
    """Return the sorted paths of all record files in `folder`, if it exists."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if name.endswith(".json")]


def read_record(path: str) -> AttemptRecord:
    """Return the record in `path`; raises `DamagedRecord` with the reason."""
    shown = clean(path, 400)
    try:
        record = decode_record(_read_text(path))
    except (OSError, ValueError, RecursionError) as error:
        reason = clean(str(error))
        raise DamagedRecord(
            f"the attempt record {shown} can't be read: {reason}"
        ) from error
    if record.workflow_id != os.path.basename(path)[: -len(".json")]:
        raise DamagedRecord(
            f"the attempt record {shown} is of another workflow, "
            + clean(record.workflow_id)
        )
    return record


def _read_text(path: str) -> str:
    """Return the text of a regular file; raises `ValueError` for anything else."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise ValueError("it is not a regular file")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(path, flags), encoding="utf-8") as file:
        text = file.read(LARGEST_FILE + 1)
    if len(text) > LARGEST_FILE:
        raise ValueError(f"it is larger than {LARGEST_FILE:,} characters")
    return text


def describe_damage(damaged: list[DamagedRecord], prefix: str) -> list[str]:
    """Return one line about all damaged files, or [] if there are none."""
    if not damaged:
        return []
    more = f"; and {len(damaged) - 1:,} more files" if len(damaged) > 1 else ""
    return [prefix + damaged[0].message + more]


def read_records(
    folder: str, workspace_id: str
) -> tuple[list[AttemptRecord], list[DamagedRecord]]:
    """Return this workspace's records, lowest attempt first, and the damaged files.

    Records of other workspaces are left out: a runner that keeps its home folder may
    have some. A folder that does not exist has no records.
    """
    records, damaged = [], []
    for path in list_files(folder):
        try:
            records.append(read_record(path))
        except DamagedRecord as error:
            damaged.append(error)
    ours = [record for record in records if record.workspace_id == workspace_id]
    return sorted(
        ours, key=lambda record: (record.attempt, record.recorded_at)
    ), damaged
