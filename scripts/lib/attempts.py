"""Attempt records: one JSON file, `<workflow id>.json`, for each full run.

`record_attempt` writes them; `rerun_guard`, `rerun_all` and `set_shas` read them. This
module decides which record belongs to the current run. A record is written as a whole
or not at all, and a file that can't be read is reported by name.
"""

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from failures import Refusal, say
from settings import read, read_folder, require_id

SCHEMA = 1
_REVISION = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_TEXTS = ("workflow_id", "workspace_id", "pipeline_id", "recorded_at", "main_branch")


class AttemptRecord(NamedTuple):
    """The record of one full run. `successful_revisions` starts with the newest.

    `passed_in` names, in the same order, the pipeline in which each of them passed.
    """

    attempt: int
    workflow_id: str
    workspace_id: str
    pipeline_id: str
    recorded_at: str
    main_branch: str
    successful_revisions: Optional[Tuple[str, ...]]
    reason: str
    passed_in: Tuple[str, ...] = ()


class DamagedRecord(Refusal):
    """A record file that can't be read, or that names another workflow."""


class RunRecords(NamedTuple):
    """The records in one folder, as the current run sees them.

    `own` is the record of this workflow; without one the run is a partial rerun.
    `own_damage` is set instead when that file exists and can't be read. `earlier` are
    the other records of this workspace, lowest attempt first.
    """

    workflow_id: str
    workspace_id: str
    own: Optional[AttemptRecord]
    own_damage: Optional[DamagedRecord]
    earlier: List[AttemptRecord]
    damaged: List[DamagedRecord]

    def require_own_readable(self) -> None:
        """Raise the `DamagedRecord` of this workflow's own file, if there is one."""
        if self.own_damage:
            raise self.own_damage


def attempts_folder() -> Path:
    """The folder that travels in the workspace."""
    return read_folder("DTE_ATTEMPTS", "~/.dte/attempts")


def find_records(folder: Optional[Path] = None) -> RunRecords:
    """Decide which of the records in `folder` (the attempts folder) are this run's.

    A record belongs to this run when its file bears CIRCLE_WORKFLOW_ID and it names
    the same workspace. Raises `UsageError` when an id is unset or malformed.
    """
    folder = folder or attempts_folder()
    workflow_id = require_id("CIRCLE_WORKFLOW_ID")
    workspace_id = read("CIRCLE_WORKFLOW_WORKSPACE_ID", workflow_id)
    own, own_damage = None, None
    path = record_path(folder, workflow_id)
    if os.path.lexists(str(path)):
        try:
            own = read_record(path)
        except DamagedRecord as error:
            own_damage = error
    if own and own.workspace_id != workspace_id:
        own = None
    records, damaged = read_records(folder, workspace_id)
    earlier = [record for record in records if record.workflow_id != workflow_id]
    return RunRecords(workflow_id, workspace_id, own, own_damage, earlier, damaged)


def encode_record(record: AttemptRecord) -> str:
    """The record as the text of its file."""
    fields: Dict[str, Any] = {"schema": SCHEMA}
    fields.update(record._asdict())
    return json.dumps(fields, indent=2, sort_keys=True) + "\n"


def decode_record(text: str) -> AttemptRecord:
    """Return the record in `text`; raises `ValueError` with the reason."""
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("it contains no JSON object")
    if fields.get("schema") != SCHEMA:
        raise ValueError(
            "its schema is {!r}, not {}".format(fields.get("schema"), SCHEMA)
        )
    attempt = fields.get("attempt")
    if not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 1:
        raise ValueError(f"its attempt is {attempt!r}, not a number of 1 or more")
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


def _decode_revisions(value: object) -> Optional[Tuple[str, ...]]:
    if value is None:
        return None
    if not isinstance(value, list):
        raise ValueError("its successful_revisions are neither a list nor null")
    for revision in value:
        if not isinstance(revision, str) or not _REVISION.fullmatch(revision):
            raise ValueError(f"{revision!r} in it is not a revision")
    return tuple(value)


def _decode_places(value: object, count: int) -> Tuple[str, ...]:
    if not value:
        return ()
    if not isinstance(value, list) or len(value) != count:
        raise ValueError("its passed_in does not match its successful_revisions")
    return tuple(str(place) for place in value)


def record_path(folder: Path, workflow_id: str) -> Path:
    """The file in `folder` that is the record of `workflow_id`."""
    return folder / (workflow_id + ".json")


def read_record(path: Path) -> AttemptRecord:
    """Return the record in `path`; raises `DamagedRecord` with the reason."""
    try:
        record = decode_record(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedRecord(
            f"the attempt record {path} can't be read: {error}"
        ) from error
    if record.workflow_id != path.stem:
        raise DamagedRecord(
            f"the attempt record {path} is of another workflow, {record.workflow_id}"
        )
    return record


def read_records(
    folder: Path, workspace_id: str
) -> Tuple[List[AttemptRecord], List[DamagedRecord]]:
    """Return this workspace's records, lowest attempt first, and the damaged files.

    Records of other workspaces are left out: a runner that keeps its home folder may
    have some. A folder that does not exist has no records.
    """
    records, damaged = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            records.append(read_record(path))
        except DamagedRecord as error:
            damaged.append(error)
    ours = [record for record in records if record.workspace_id == workspace_id]
    return sorted(
        ours, key=lambda record: (record.attempt, record.recorded_at)
    ), damaged


def remove_records(folder: Path, is_stale: Callable[[AttemptRecord], bool]) -> None:
    """Remove the readable records in `folder` that are stale, and nothing else.

    Any other file stays, and so does a record that can't be removed.
    """
    for path in sorted(folder.glob("*.json")):
        try:
            if path.is_file() and is_stale(read_record(path)):
                path.unlink()
        except DamagedRecord:
            continue
        except OSError as error:
            say(
                "warning: the old record {} can't be removed: {}".format(
                    path, error.strerror
                )
            )


def write_record(folder: Path, record: AttemptRecord) -> Path:
    """Write `record` into `folder`, as a whole or not at all; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = record_path(folder, record.workflow_id)
    # The draft is outside the folder, so an interrupted write is never persisted.
    handle, draft = tempfile.mkstemp(dir=str(folder.parent), prefix=".dte-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(encode_record(record))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, str(path))
    except BaseException:
        os.unlink(draft)
        raise
    return path
