"""`record_attempt` as a process: how it counts attempts and writes records."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.scripts.records import RunScript, make_record, read_attempt, write_record

FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"
THIRD = "33333333-3333-4333-8333-333333333333"


def variables(home: Path, workflow_id: str, **more: str) -> dict[str, str]:
    """Return an attempt job's environment, on a branch and in the first workspace."""
    return {
        "CIRCLE_WORKFLOW_ID": workflow_id,
        "CIRCLE_WORKFLOW_WORKSPACE_ID": FIRST,
        "CIRCLE_PIPELINE_ID": "pipeline",
        "CIRCLE_BRANCH": "feature",
        "DTE_ATTEMPTS": str(home / "attempts"),
        "DTE_LEDGER": str(home / "ledger"),
        **more,
    }


def test_the_first_run_is_attempt_1(run_script: RunScript, tmp_path: Path) -> None:
    """Without a ledger the attempt is 1; the ledger and `attempts` get the record."""
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert done.returncode == 0
    assert done.stdout == f"This is attempt 1 of workflow {FIRST}.\n"
    record = json.loads((tmp_path / "attempts" / f"{FIRST}.json").read_text())
    assert record["schema"] == 1
    assert record["workflow_id"] == record["workspace_id"] == FIRST
    assert record["pipeline_id"] == "pipeline"
    assert record["main_branch"] == "main"
    assert record["successful_revisions"] is None
    assert record["reason"]
    assert (tmp_path / "ledger" / f"{FIRST}.json").exists()


def test_a_rerun_counts_on(run_script: RunScript, tmp_path: Path) -> None:
    """With two attempts in the ledger, the next full run is attempt 3."""
    ledger = tmp_path / "ledger"
    write_record(ledger, make_record(workflow_id=FIRST, workspace_id=FIRST))
    write_record(ledger, make_record(workflow_id=SECOND, workspace_id=FIRST, attempt=2))
    assert run_script("record_attempt", variables(tmp_path, THIRD)).returncode == 0
    assert read_attempt(tmp_path / "attempts", THIRD) == 3
    assert len(list(ledger.glob("*.json"))) == 3


def test_the_workspace_gets_this_run_s_record_alone(
    run_script: RunScript, tmp_path: Path
) -> None:
    """Old records are removed from the attempts folder and not persisted again."""
    write_record(
        tmp_path / "attempts", make_record(workflow_id=FIRST, workspace_id=FIRST)
    )
    run_script("record_attempt", variables(tmp_path, SECOND))
    assert [path.stem for path in (tmp_path / "attempts").iterdir()] == [SECOND]


def test_a_second_call_repeats_its_number(
    run_script: RunScript, tmp_path: Path
) -> None:
    """A second call in one workflow keeps the attempt's number."""
    run_script("record_attempt", variables(tmp_path, FIRST))
    before = (tmp_path / "attempts" / f"{FIRST}.json").read_text()
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert "attempt 1" in done.stdout
    assert (tmp_path / "attempts" / f"{FIRST}.json").read_text() == before


@pytest.mark.parametrize("text", ["", "{", '{"schema": 1}', "\x00"])
def test_a_cut_ledger_file_is_warned_of(
    run_script: RunScript, tmp_path: Path, text: str
) -> None:
    """A damaged record is named and not counted; the others still count."""
    ledger = tmp_path / "ledger"
    write_record(ledger, make_record(workflow_id=FIRST, workspace_id=FIRST, attempt=4))
    (ledger / f"{SECOND}.json").write_text(text)
    done = run_script("record_attempt", variables(tmp_path, THIRD))
    assert "attempt 5" in done.stdout
    assert f"{SECOND}.json" in done.stderr
    assert "warning: ignored: " in done.stderr


def test_its_own_cut_record_is_written_again(
    run_script: RunScript, tmp_path: Path
) -> None:
    """A truncated record of this workflow is replaced."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / f"{FIRST}.json").write_text("{")
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert done.returncode == 0
    assert "dte replaces it" in done.stderr
    assert read_attempt(tmp_path / "ledger", FIRST) == 1


def test_a_foreign_record_is_not_counted(run_script: RunScript, tmp_path: Path) -> None:
    """Another workspace's records, left in the home folder, don't count."""
    foreign = make_record(workflow_id=SECOND, workspace_id="other", attempt=7)
    write_record(tmp_path / "ledger", foreign)
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert "attempt 1" in done.stdout


def test_a_lost_ledger_restarts_the_number(
    run_script: RunScript, tmp_path: Path
) -> None:
    """A rerun whose ledger was lost is attempt 1 and has its own record."""
    done = run_script("record_attempt", variables(tmp_path, SECOND))
    assert "attempt 1" in done.stdout
    assert read_attempt(tmp_path / "attempts", SECOND) == 1


def test_two_full_reruns_at_once_may_share_a_number(
    run_script: RunScript, tmp_path: Path
) -> None:
    """Two reruns with the same ledger each write a record under their own id."""
    homes = {SECOND: tmp_path / "a", THIRD: tmp_path / "b"}
    for home in homes.values():
        write_record(
            home / "ledger", make_record(workflow_id=FIRST, workspace_id=FIRST)
        )
    with ThreadPoolExecutor() as pool:
        done = list(
            pool.map(
                lambda pair: run_script("record_attempt", variables(pair[1], pair[0])),
                homes.items(),
            )
        )
    assert [one.returncode for one in done] == [0, 0]
    for workflow_id, home in homes.items():
        assert read_attempt(home / "attempts", workflow_id) == 2


def test_a_record_is_whole_or_not_there(run_script: RunScript, tmp_path: Path) -> None:
    """If the record can't be written, the script fails and leaves no partial file."""
    (tmp_path / "attempts").write_text("a file where the folder should be")
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert done.returncode == 1
    assert "error:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob(".dte-*"))


def test_killed_while_it_writes_it_leaves_no_record(tmp_path: Path) -> None:
    """A process that is killed while it writes leaves no record."""
    library = Path(__file__).resolve().parents[2] / "scripts" / "lib"
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "import attempts, pathlib, record_files\n"
        "os.fsync = lambda _: os.kill(os.getpid(), 9)\n"
        "record = attempts.AttemptRecord(workflow_id='w')\n"
        "record_files.write_record(pathlib.Path(sys.argv[2]) / 'attempts', record)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(library), str(tmp_path)], check=False
    )
    assert killed.returncode == -9
    assert not list((tmp_path / "attempts").iterdir())


def test_one_folder_for_both_is_a_usage_error(
    run_script: RunScript, tmp_path: Path
) -> None:
    """The ledger and the attempts can't be the same folder."""
    same = str(tmp_path / "same")
    done = run_script(
        "record_attempt", variables(tmp_path, FIRST, DTE_ATTEMPTS=same, DTE_LEDGER=same)
    )
    assert done.returncode == 2
    assert "DTE_LEDGER and DTE_ATTEMPTS are the same folder" in done.stderr


def test_without_a_workspace_id_the_workflow_s_own_serves(
    run_script: RunScript, tmp_path: Path
) -> None:
    """If CircleCI sets no workspace id, the workflow's id is used."""
    env = variables(tmp_path, FIRST)
    env["CIRCLE_WORKFLOW_WORKSPACE_ID"] = ""
    assert run_script("record_attempt", env).returncode == 0
    record = json.loads((tmp_path / "attempts" / f"{FIRST}.json").read_text())
    assert record["workspace_id"] == FIRST


def test_the_defaults_lie_in_the_job_s_working_directory(
    run_script: RunScript, tmp_path: Path
) -> None:
    """By default, `record_attempt` writes below the working directory."""
    env = {"CIRCLE_WORKFLOW_ID": FIRST, "CIRCLE_BRANCH": "x", "HOME": str(tmp_path)}
    job = tmp_path / "job"
    job.mkdir()
    env["DTE_CHECKOUT"] = str(job)
    assert run_script("record_attempt", env).returncode == 0
    assert read_attempt(job / ".dte-attempt" / "attempts", FIRST) == 1
    assert not (tmp_path / ".dte").exists()
