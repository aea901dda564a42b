"""Writes attempt records without the code under test."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

RunScript = Callable[..., "CompletedProcess[str]"]


def make_record(
    *, workflow_id: str, workspace_id: str, attempt: int = 1, **more: Any
) -> dict[str, Any]:
    """Make a record's JSON object, as shown in docs/design.md."""
    return {
        "schema": 1,
        "attempt": attempt,
        "workflow_id": workflow_id,
        "workspace_id": workspace_id,
        "pipeline_id": "pipeline",
        "recorded_at": "2026-11-24T01:02:03Z",
        "main_branch": "main",
        "successful_revisions": None,
        "reason": "",
        **more,
    }


def write_record(folder: Path, record: dict[str, Any]) -> Path:
    """Write `record` under the file name that the scripts look for."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record['workflow_id']}.json"
    path.write_text(json.dumps(record))
    return path


def read_attempt(folder: Path, workflow_id: str) -> int:
    """Return the attempt in the record of `workflow_id`."""
    text = (folder / f"{workflow_id}.json").read_text()
    return int(json.loads(text)["attempt"])
