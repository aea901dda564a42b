"""Arbitrary files in the workspace and the ledger are read or refused."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scripts.records import RunScript, make_record, read_attempt

from attempts import (  # isort: skip
    AttemptRecord,
    decode_record,
    read_records,
    record_path,
)
from record_files import encode_record  # isort: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
TEXTS = st.text(max_size=20)
REVISIONS = st.text("0123456789abcdef", min_size=40, max_size=40)
RECORDS_WITHOUT_PLACES = st.builds(
    AttemptRecord,
    attempt=st.integers(1, 10**6),
    workflow_id=TEXTS,
    workspace_id=TEXTS,
    pipeline_id=TEXTS,
    recorded_at=TEXTS,
    main_branch=TEXTS,
    successful_revisions=st.none() | st.lists(REVISIONS, max_size=10).map(tuple),
    reason=TEXTS,
    passed_in=st.just(()),
)


def with_lines(record: AttemptRecord) -> AttemptRecord:
    """Return the record with a pipeline for each of its revisions."""
    count = len(record.successful_revisions or ())
    return AttemptRecord(**{**vars(record), "passed_in": ("pipeline 1",) * count})


RECORDS = RECORDS_WITHOUT_PLACES | RECORDS_WITHOUT_PLACES.map(with_lines)
FIELDS = [*make_record(workflow_id="a", workspace_id="b"), "new_field"]
NAMES = st.sampled_from(["first", "second", "third"])


@given(RECORDS)
def test_a_record_comes_back_as_it_was(record: AttemptRecord) -> None:
    """A written record is read back unchanged, with any branch name."""
    assert vars(decode_record(encode_record(record))) == vars(record)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_object_is_a_record_or_is_refused(change: Mapping[str, Any]) -> None:
    """A record with any values in any of its fields is either valid or refused."""
    fields = {**make_record(workflow_id="a", workspace_id="b"), **change}
    try:
        record = decode_record(json.dumps(fields))
    except ValueError:
        return
    assert record.attempt >= 1
    assert {len(revision) for revision in record.successful_revisions or ()} <= {40, 64}


@given(st.dictionaries(NAMES, st.binary(max_size=40) | RECORDS.map(encode_record)))
def test_any_folder_can_be_read(files: dict[str, bytes | str]) -> None:
    """Each file is read as the record of the workflow in its name, or as damaged."""
    with tempfile.TemporaryDirectory() as name:
        for stem, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            Path(record_path(name, stem)).write_bytes(data)
        records, damaged = read_records(name, "")
        assert all(record.workspace_id == "" for record in records)
        assert all(record.workflow_id in files for record in records)
        assert len(records) + len(damaged) <= len(files)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, st.binary(max_size=60) | JSON.map(json.dumps)))
def test_a_ledger_of_odd_files_still_counts(
    run_script: RunScript, files: dict[str, bytes | str]
) -> None:
    """With any files in the ledger, the attempt job passes with an attempt number."""
    with tempfile.TemporaryDirectory() as name:
        ledger, attempts = Path(name) / "ledger", Path(name) / "attempts"
        ledger.mkdir()
        for stem, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (ledger / f"{stem}.json").write_bytes(data)
        done = run_script(
            "record_attempt",
            {
                "CIRCLE_WORKFLOW_ID": "own",
                "CIRCLE_BRANCH": "feature",
                "DTE_LEDGER": str(ledger),
                "DTE_ATTEMPTS": str(attempts),
            },
        )
        assert done.returncode == 0, done.stderr
        assert read_attempt(attempts, "own") == 1


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | JSON.map(json.dumps))
def test_an_odd_record_never_lets_a_job_through(
    run_script: RunScript, content: bytes | str
) -> None:
    """If the record's file contains no valid record, the guard refuses the job."""
    with tempfile.TemporaryDirectory() as name:
        data = content if isinstance(content, bytes) else content.encode()
        (Path(name) / "own.json").write_bytes(data)
        done = run_script(
            "rerun_guard", {"CIRCLE_WORKFLOW_ID": "own", "DTE_ATTEMPTS": name}
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
        assert "can't be read" in done.stderr
