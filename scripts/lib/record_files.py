"""Write and remove attempt records; each file is written completely or not at all."""

import json
import os
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Dict

from attempts import (
    SCHEMA,
    AttemptRecord,
    DamagedRecord,
    list_files,
    read_record,
    record_path,
)
from failures import say

KEPT = timedelta(minutes=1)


def encode_record(record: AttemptRecord) -> str:
    """Return the record as the text of its file."""
    fields: Dict[str, Any] = {"schema": SCHEMA}
    fields.update(vars(record))
    return json.dumps(fields, indent=2, sort_keys=True) + "\n"


def remove_records(folder: Path, own: AttemptRecord, *, siblings: bool) -> None:
    """Remove the readable records of other runs in `folder`, and nothing else.

    `siblings` includes this workspace's records. Records of other workspaces stay for
    KEPT: a job with the same home folder may still have to persist them.
    """
    oldest = (datetime.now(timezone.utc) - KEPT).isoformat()
    for path in map(Path, list_files(str(folder))):
        try:
            other = read_record(str(path))
            same = other.workspace_id == own.workspace_id
            if other.workflow_id != own.workflow_id and (
                siblings if same else other.recorded_at < oldest
            ):
                path.unlink()
        except DamagedRecord:
            continue
        except OSError as error:
            say(f"warning: the old record {path} can't be removed: {error.strerror}")


def write_record(folder: Path, record: AttemptRecord) -> Path:
    """Write `record` into `folder`, completely or not at all; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(record_path(str(folder), record.workflow_id))
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
