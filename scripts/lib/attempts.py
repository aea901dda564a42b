"""Attempt records: one JSON file, `<workflow id>.json`, for each full run.

`record_attempt` writes them, `rerun_guard` and `set_shas` read them. A record is
written whole or not at all, and what can't be read is named, never guessed.
"""

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from failures import Refusal, say

SCHEMA = 1
_REVISION = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_TEXTS = ("workflow_id", "workspace_id", "pipeline_id", "recorded_at", "main_branch")


class AttemptRecord(NamedTuple):
    """What one full run left behind; `successful_revisions` is newest first.

    `passed_in` says of each of them, in the same order, in which pipeline it passed.
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
    """A record file that can't be read, or that names another workflow inside."""


def encode_record(record: AttemptRecord) -> str:
    """The record as the text of its file."""
    fields: Dict[str, Any] = {"schema": SCHEMA}
    fields.update(record._asdict())
    return json.dumps(fields, indent=2, sort_keys=True) + "\n"


def decode_record(text: str) -> AttemptRecord:
    """The record that `text` holds; raises `ValueError` with the reason."""
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("it holds no JSON object")
    if fields.get("schema") != SCHEMA:
        raise ValueError(
            "its schema is {!r}, not {}".format(fields.get("schema"), SCHEMA)
        )
    attempt = fields.get("attempt")
    if not isinstance(attempt, int) or isinstance(attempt, bool) or attempt < 1:
        raise ValueError(f"its attempt is {attempt!r}, not a number from 1")
    for name in _TEXTS:
        if not isinstance(fields.get(name), str):
            raise ValueError(f"its {name} is missing or not a text")
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
        raise ValueError("its passed_in doesn't match its successful_revisions")
    return tuple(str(place) for place in value)


def record_path(folder: Path, workflow_id: str) -> Path:
    """The file in `folder` that is the record of `workflow_id`."""
    return folder / (workflow_id + ".json")


def read_record(path: Path) -> AttemptRecord:
    """The record in `path`; raises `DamagedRecord` that says which file and why."""
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
    """The records of this workspace in `folder`, lowest attempt first, and the damaged.

    Records of other workspaces, which a runner that keeps its home folder may hold,
    are left out. A folder that doesn't exist holds none.
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
    """Remove the sound records in `folder` that are stale, and nothing else at all.

    Whatever is no record of its own name is somebody's, and stays; so does what can't
    be removed.
    """
    for path in sorted(folder.glob("*.json")):
        try:
            if path.is_file() and is_stale(read_record(path)):
                path.unlink()
        except DamagedRecord:
            continue
        except OSError as error:
            say("warning: the old record {} stays: {}".format(path, error.strerror))


def write_record(folder: Path, record: AttemptRecord) -> Path:
    """Write `record` into `folder`, whole or not at all, and give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = record_path(folder, record.workflow_id)
    # Beside the folder, not in it: what is killed halfway must not travel along.
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
