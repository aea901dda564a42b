"""Record files that an attacker made to hang, flood or deceive a job."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.refusal import TWO_LINES
from tests.scripts.records import RunScript, make_record, read_attempt, write_record
from tests.scripts.test_rerun_guard import FIRST, SECOND, variables

MANY_DIGITS = "9" * 4300


def make_large(path: Path) -> None:
    """Write a valid record of 2 MB."""
    record = make_record(workflow_id=SECOND, workspace_id=FIRST, reason="x" * 2_000_000)
    path.write_text(json.dumps(record))


TRAPS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (os.mkfifo, "not a regular file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    "link": (lambda path: path.symlink_to("/etc/passwd"), "not a regular file"),
    "large": (make_large, "larger than 1,000,000"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("trap", TRAPS)
def test_only_small_regular_files_are_records(
    run_script: RunScript, tmp_path: Path, trap: str
) -> None:
    """A record that is a pipe, a device, a link or 2 MB long is refused and named."""
    make, reason = TRAPS[trap]
    make(tmp_path / f"{SECOND}.json")
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{SECOND}.json can't be read" in done.stderr
    assert reason in done.stderr


@pytest.mark.timeout(60)
def test_the_ledger_counts_beside_traps(run_script: RunScript, tmp_path: Path) -> None:
    """Hostile files in the ledger cause one warning, and the attempt still counts."""
    ledger = tmp_path / "ledger"
    write_record(ledger, make_record(workflow_id=FIRST, workspace_id=FIRST, attempt=4))
    for name, (make, _) in TRAPS.items():
        make(ledger / f"{name}.json")
    folder = tmp_path / "attempts"
    env = variables(folder, SECOND, DTE_LEDGER=str(ledger), CIRCLE_BRANCH="feature")
    done = run_script("record_attempt", env)
    assert done.returncode == 0, done.stderr
    assert read_attempt(folder, SECOND) == 5
    assert done.stderr.count("warning: ignored: ") == 1
    assert "; and 3 more files" in done.stderr


@pytest.mark.parametrize(
    "fields",
    [
        f'"attempt": {MANY_DIGITS}',
        f'"attempt": 1, "odd": {MANY_DIGITS}',
        '"attempt": 1000001',
    ],
    ids=["attempt", "other field", "too high"],
)
def test_a_huge_number_in_the_ledger_is_a_warning(
    run_script: RunScript, tmp_path: Path, fields: str
) -> None:
    """A record with a number that is too high or too long causes a short warning."""
    ledger, folder = tmp_path / "ledger", tmp_path / "attempts"
    ledger.mkdir()
    record = json.dumps(make_record(workflow_id=FIRST, workspace_id=FIRST))
    (ledger / f"{FIRST}.json").write_text(record.replace('"attempt": 1', fields))
    env = variables(folder, SECOND, DTE_LEDGER=str(ledger), CIRCLE_BRANCH="feature")
    done = run_script("record_attempt", env)
    assert done.returncode == 0, done.stderr
    assert read_attempt(folder, SECOND) == 1
    assert "warning: ignored: " in done.stderr
    assert len(done.stderr) < 2000


def test_values_of_a_record_are_cleaned(run_script: RunScript, tmp_path: Path) -> None:
    """Control characters and long texts in a record don't reach the job's log."""
    odd = "\x1b[2J\x1b]0;title\x07\n::" + "long" * 10_000
    record = make_record(workflow_id=FIRST, workspace_id=FIRST, recorded_at=odd)
    write_record(tmp_path, record)
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert done.stderr.startswith(TWO_LINES)
    assert "recorded ?[2J?]0;title??::long" in done.stderr
    assert "\x1b" not in done.stderr
    assert len(done.stderr) < 2000


def test_a_record_of_another_workflow_is_named_briefly(
    run_script: RunScript, tmp_path: Path
) -> None:
    """An id in a record is cleaned and shortened before it is printed."""
    record = make_record(workflow_id="\x1b[2J" + "x" * 5000, workspace_id=FIRST)
    (tmp_path / f"{SECOND}.json").write_text(json.dumps(record))
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert "is of another workflow, ?[2Jxxx" in done.stderr
    assert len(done.stderr) < 2000


@pytest.mark.slow
def test_thousands_of_broken_records_are_one_line(
    run_script: RunScript, tmp_path: Path
) -> None:
    """Of 20,000 broken records, the first is named and the others are counted."""
    for number in range(20_000):
        (tmp_path / f"broken-{number:05}.json").touch()
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert done.returncode == 1
    (line,) = [one for one in done.stderr.splitlines() if one.startswith("ignored: ")]
    assert "broken-00000.json can't be read" in line
    assert line.endswith("; and 19,999 more files")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "kind", ["no folder", "folder", "full", "link to itself", "pipe"]
)
def test_the_two_lines_come_first_whatever_bash_env_is(
    run_script: RunScript, tmp_path: Path, kind: str
) -> None:
    """If BASH_ENV can't be written, the refusal still comes first, then a warning."""
    attempts = tmp_path / "attempts"
    write_record(attempts, make_record(workflow_id=FIRST, workspace_id=FIRST))
    itself = tmp_path / "itself"
    itself.symlink_to(itself)
    os.mkfifo(tmp_path / "pipe")
    path = {
        "no folder": tmp_path / "missing" / "env",
        "folder": tmp_path,
        "full": Path("/dev/full"),
        "link to itself": itself,
        "pipe": tmp_path / "pipe",
    }[kind]
    env = variables(attempts, SECOND, BASH_ENV=str(path))
    done = run_script("rerun_guard", env)
    assert done.returncode == 1
    assert done.stderr.startswith(TWO_LINES)
    assert f"warning: later steps may run: BASH_ENV is {path}" in done.stderr
