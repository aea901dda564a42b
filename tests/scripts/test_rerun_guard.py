"""The guard as a process: each row of its table, and unexpected files."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import transcripts
from tests.golden import Golden
from tests.refusal import REFUSAL
from tests.scripts.conftest import SCRIPTS
from tests.scripts.records import RunScript, make_record, write_record

FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"


def variables(attempts: Path, workflow_id: str, **more: str) -> dict[str, str]:
    """Return the environment of a guard in the workspace of the first workflow."""
    return {
        "CIRCLE_WORKFLOW_ID": workflow_id,
        "CIRCLE_WORKFLOW_WORKSPACE_ID": FIRST,
        "CIRCLE_BUILD_URL": "https://app.circleci.com/jobs/circleci/o/p/1",
        "DTE_ATTEMPTS": str(attempts),
        **more,
    }


def test_a_valid_record_passes(run_script: RunScript, tmp_path: Path) -> None:
    """With a record of this workflow, the guard prints the attempt and exits with 0."""
    write_record(
        tmp_path, make_record(workflow_id=SECOND, workspace_id=FIRST, attempt=2)
    )
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"This is attempt 2 of workflow {SECOND}.\n"


def test_records_of_other_workflows_are_a_partial_rerun(
    run_script: RunScript, tmp_path: Path, golden: Golden
) -> None:
    """With only older records, the refusal names the last attempt and has a link."""
    write_record(tmp_path, make_record(workflow_id=FIRST, workspace_id=FIRST))
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(REFUSAL)
    transcripts.REFUSAL.check(golden, done.stderr)
    assert f"attempt 1 (workflow {FIRST}" in done.stderr
    assert 'press "Rerun workflow from start"' in done.stderr
    assert f"https://app.circleci.com/pipelines/workflows/{SECOND}" in done.stderr
    assert "DTE_RERUN_GUARD=off" in done.stderr


def test_the_last_attempt_is_named(run_script: RunScript, tmp_path: Path) -> None:
    """Of several older records the one with the highest number is named."""
    third = "33333333-3333-4333-8333-333333333333"
    write_record(
        tmp_path, make_record(workflow_id=third, workspace_id=FIRST, attempt=10)
    )
    write_record(
        tmp_path, make_record(workflow_id=FIRST, workspace_id=FIRST, attempt=9)
    )
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert f"attempt 10 (workflow {third}" in done.stderr


def test_no_record_in_a_first_run_asks_for_the_requires_line(
    run_script: RunScript, tmp_path: Path
) -> None:
    """In a first run without a record, the error first names the missing `requires`."""
    done = run_script("rerun_guard", variables(tmp_path / "none", FIRST))
    assert done.returncode == 1
    assert REFUSAL not in done.stderr
    assert "requires: [dte/attempt]" in done.stderr
    assert done.stderr.index("requires:") < done.stderr.index("expired")


def test_no_record_in_a_rerun_names_the_expired_workspace_first(
    run_script: RunScript, tmp_path: Path
) -> None:
    """In a rerun without a record, the error first names the expired workspace."""
    done = run_script("rerun_guard", variables(tmp_path / "none", SECOND))
    assert done.returncode == 1
    assert done.stderr.index("expired") < done.stderr.index("requires:")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ('{"schema": 1, "attempt": 1', "delimiter"),
        ("[]", "no JSON object"),
        ('{"schema": 2}', "schema is 2"),
        ('{"schema": 1, "attempt": 0}', "attempt is 0"),
        ('{"schema": 1, "attempt": true}', "attempt is True"),
        ('{"schema": 1, "attempt": 1}', "workflow_id is missing"),
        ("\xff", "can't be read"),
        ("[" * 100_000, "can't be read"),
    ],
    ids=[
        "empty",
        "cut",
        "list",
        "schema",
        "attempt",
        "boolean",
        "fields",
        "bytes",
        "deep",
    ],
)
def test_a_damaged_record_is_named(
    run_script: RunScript, tmp_path: Path, text: str, why: str
) -> None:
    """If a record can't be read, the guard fails and names the file and the reason."""
    path = tmp_path / f"{SECOND}.json"
    path.write_bytes(text.encode("latin-1"))
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert done.returncode == 1
    assert str(path) in done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_that_names_another_workflow_is_refused(
    run_script: RunScript, tmp_path: Path
) -> None:
    """If this workflow's record names another workflow, the guard refuses the job."""
    record = make_record(workflow_id=FIRST, workspace_id=FIRST)
    (tmp_path / f"{SECOND}.json").write_text(json.dumps(record))
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert done.returncode == 1
    assert f"is of another workflow, {FIRST}" in done.stderr


def test_a_folder_in_the_record_s_place_is_refused(
    run_script: RunScript, tmp_path: Path
) -> None:
    """If the record's path is a folder, an error names the path."""
    (tmp_path / f"{SECOND}.json").mkdir()
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert done.returncode == 1
    assert "can't be read" in done.stderr


@pytest.mark.parametrize("workflow_id", [FIRST, SECOND])
def test_records_of_another_workspace_count_for_nothing(
    run_script: RunScript, tmp_path: Path, workflow_id: str
) -> None:
    """Records of another workspace are ignored, even under this workflow's id."""
    foreign = make_record(workflow_id=SECOND, workspace_id="other")
    write_record(tmp_path, foreign)
    done = run_script("rerun_guard", variables(tmp_path, workflow_id))
    assert done.returncode == 1
    assert "no attempt record" in done.stderr


def test_a_damaged_older_record_is_mentioned(
    run_script: RunScript, tmp_path: Path
) -> None:
    """A damaged record of another workflow is ignored with a notice."""
    (tmp_path / f"{FIRST}.json").write_text("{")
    done = run_script("rerun_guard", variables(tmp_path, SECOND))
    assert done.returncode == 1
    assert f"ignored: the attempt record {tmp_path / FIRST}.json" in done.stderr


@pytest.mark.parametrize("value", ["off", "false", "0", "OFF"])
def test_the_guard_can_be_switched_off_loudly(
    run_script: RunScript, tmp_path: Path, value: str
) -> None:
    """With DTE_RERUN_GUARD=off a partial rerun continues with a warning."""
    write_record(tmp_path, make_record(workflow_id=FIRST, workspace_id=FIRST))
    done = run_script("rerun_guard", variables(tmp_path, SECOND, DTE_RERUN_GUARD=value))
    assert done.returncode == 0
    assert done.stderr.startswith(REFUSAL)
    assert "warning: DTE_RERUN_GUARD is off" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CIRCLE_WORKFLOW_ID", "", "CIRCLE_WORKFLOW_ID is not set"),
        ("CIRCLE_WORKFLOW_ID", "../../etc/passwd", "not a CircleCI id"),
        ("CIRCLE_WORKFLOW_ID", "a\nb", "not a CircleCI id"),
        ("DTE_RERUN_GUARD", "maybe", "expected on or off"),
    ],
)
def test_invalid_variables_are_usage_errors(
    run_script: RunScript, tmp_path: Path, name: str, value: str, says: str
) -> None:
    """A missing or invalid variable is named, and the exit status is 2."""
    done = run_script("rerun_guard", variables(tmp_path, FIRST, **{name: value}))
    assert done.returncode == 2
    assert says in done.stderr


def test_the_link_follows_the_host_of_a_server(
    run_script: RunScript, tmp_path: Path
) -> None:
    """On CircleCI Server the link has the server's own host."""
    write_record(tmp_path, make_record(workflow_id=FIRST, workspace_id=FIRST))
    env = variables(
        tmp_path, SECOND, CIRCLE_BUILD_URL="https://ci.example.com/jobs/gh/o/p/1"
    )
    done = run_script("rerun_guard", env)
    assert f"https://ci.example.com/pipelines/workflows/{SECOND}" in done.stderr


def test_unknown_fields_are_no_damage(run_script: RunScript, tmp_path: Path) -> None:
    """A newer version may add fields to a record; an older guard still reads it."""
    record: dict[str, Any] = make_record(workflow_id=FIRST, workspace_id=FIRST)
    write_record(tmp_path, {**record, "new_field": {"a": 1}})
    done = run_script("rerun_guard", variables(tmp_path, FIRST))
    assert done.returncode == 0


def test_a_job_without_bash_is_refused(run_script: RunScript, tmp_path: Path) -> None:
    """A job without bash is refused, and the message names images that have it."""
    done = run_script("rerun_guard", variables(tmp_path, FIRST, DTE_BASH=""))
    assert done.returncode == 1
    assert "dte needs bash, but this job's image does not have it" in done.stderr
    assert "cimg/node" in done.stderr


def test_windows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the guard fails before it looks for records."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setattr(sys, "platform", "win32")
    guard = importlib.import_module("rerun_guard")
    with pytest.raises(guard.Refusal, match="but this job runs on Windows"):
        guard.require_shell()


def test_the_guard_imports_nothing_slow() -> None:
    """The guard runs in every job, so it imports no module that takes long to load."""
    folders = [str(SCRIPTS), str(SCRIPTS / "lib")]
    code = (
        f"import sys; sys.path[:0] = {folders}; import rerun_guard; print(*sys.modules)"
    )
    words = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    slow = {"typing", "pathlib", "tempfile", "subprocess", "urllib"}
    modules = set(done.stdout.split())
    assert "attempts" in modules
    assert slow & modules == set()
