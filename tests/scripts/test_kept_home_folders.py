"""If a runner keeps its home folder, other files in it stay and have no effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scripts.records import RunScript, make_record, read_attempt, write_record
from tests.scripts.test_record_attempt import FIRST, SECOND, THIRD, variables

STRANGERS = {
    ".DS_Store": "a finder's",
    "thesis.txt": "years of work",
    "package.json": '{"name": "shop"}',
    f"{THIRD}.json": '{"somebody": "else\'s"}',
    "renamed.json": '{"schema": 1}',
}


@pytest.mark.parametrize("where", ["attempts", "ledger"])
def test_somebody_s_folder_is_never_emptied(
    run_script: RunScript, tmp_path: Path, where: str
) -> None:
    """Files that are not records stay unchanged, and the record is written."""
    folder = tmp_path / where
    (folder / "folder.json").mkdir(parents=True)
    for name, text in STRANGERS.items():
        (folder / name).write_text(text)
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert done.returncode == 0, done.stderr
    assert read_attempt(tmp_path / "attempts", FIRST) == 1
    assert {path.name for path in folder.iterdir()} == {
        *STRANGERS,
        "folder.json",
        f"{FIRST}.json",
    }
    assert {name: (folder / name).read_text() for name in STRANGERS} == STRANGERS


def test_a_copy_of_a_record_under_another_name_stays(
    run_script: RunScript, tmp_path: Path
) -> None:
    """A record in a file with another name is ignored."""
    old = make_record(workflow_id=SECOND, workspace_id="other")
    kept = write_record(tmp_path / "attempts", old).rename(
        tmp_path / "attempts" / "saved.json"
    )
    assert run_script("record_attempt", variables(tmp_path, FIRST)).returncode == 0
    assert kept.exists()


def test_a_folder_in_the_place_of_a_ledger_file(
    run_script: RunScript, tmp_path: Path
) -> None:
    """If the ledger can't be written, the job warns and still writes the record."""
    (tmp_path / "ledger" / f"{FIRST}.json" / "deep").mkdir(parents=True)
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert done.returncode == 0, done.stderr
    assert "warning: the ledger" in done.stderr
    assert "can't be written" in done.stderr
    assert read_attempt(tmp_path / "attempts", FIRST) == 1


@pytest.mark.parametrize("kind", ["a file", "a dangling link"])
def test_a_ledger_that_can_t_be_written(
    run_script: RunScript, tmp_path: Path, kind: str
) -> None:
    """If the ledger can't be used, the record is still written, and the next attempt
    number may be 1 again."""
    if kind == "a file":
        (tmp_path / "ledger").write_text("")
    else:
        (tmp_path / "ledger").symlink_to(tmp_path / "gone" / "away")
        (tmp_path / "gone").write_text("")
    for _ in range(2):
        done = run_script("record_attempt", variables(tmp_path, FIRST))
        assert done.returncode == 0, done.stderr
        assert (
            "the next full run may be attempt 1 again; the guard still works"
            in done.stderr
        )
        assert read_attempt(tmp_path / "attempts", FIRST) == 1


def test_without_a_ledger_a_second_call_repeats_its_record(
    run_script: RunScript, tmp_path: Path
) -> None:
    """If the ledger has no record, the record in the attempts folder is used."""
    own = make_record(workflow_id=FIRST, workspace_id=FIRST, attempt=5)
    write_record(tmp_path / "attempts", own)
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert "This is attempt 5" in done.stdout


def test_a_ledger_does_not_grow_without_end(
    run_script: RunScript, tmp_path: Path
) -> None:
    """Records of other workspaces are removed; records of this workspace stay."""
    ledger = tmp_path / "ledger"
    write_record(ledger, make_record(workflow_id=FIRST, workspace_id=FIRST))
    write_record(ledger, make_record(workflow_id=SECOND, workspace_id="other"))
    assert run_script("record_attempt", variables(tmp_path, THIRD)).returncode == 0
    assert {path.stem for path in ledger.iterdir()} == {FIRST, THIRD}


def list_names(folder: Path) -> set[str]:
    """Return the names of the files that an attempt job persists or caches."""
    return {path.name for part in folder.iterdir() for path in part.glob("*.*")}


def test_two_pipelines_at_once_keep_each_other_s_files(
    run_script: RunScript, tmp_path: Path
) -> None:
    """An attempt job removes no file that another pipeline may still have to persist.

    After a minute, it removes the other pipeline's record and archive.
    """
    job = tmp_path / "job"
    one = variables(job, FIRST)
    other = variables(job, THIRD, CIRCLE_WORKFLOW_WORKSPACE_ID=THIRD)
    assert run_script("record_attempt", one).returncode == 0
    written = list_names(job)
    assert run_script("record_attempt", other).returncode == 0
    assert written < list_names(job)
    assert len(list_names(job)) == 2 * len(written)
    for part in ("attempts", "ledger"):
        old = make_record(workflow_id=FIRST, workspace_id=FIRST)
        write_record(job / part, old)
    assert run_script("record_attempt", other).returncode == 0
    assert list_names(job).isdisjoint(written)


def test_a_rerun_of_the_same_pipeline_persists_its_own_files(
    run_script: RunScript, tmp_path: Path
) -> None:
    """A rerun removes the first run's files, because the workspace already has them."""
    job = tmp_path / "job"
    for workflow_id in (FIRST, SECOND):
        assert run_script("record_attempt", variables(job, workflow_id)).returncode == 0
    assert [path.stem for path in (job / "attempts").iterdir()] == [SECOND]
    (archive,) = (job / "code").iterdir()
    assert archive.name.startswith(SECOND)
    assert len(list((job / "ledger").iterdir())) == 2


def test_an_old_record_that_can_t_be_removed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If an old record can't be removed, the job prints a warning and continues."""
    from attempts import decode_record
    from record_files import remove_records

    path = write_record(tmp_path, make_record(workflow_id=FIRST, workspace_id=FIRST))

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    own = decode_record(json.dumps(make_record(workflow_id=SECOND, workspace_id=FIRST)))
    remove_records(tmp_path, own, siblings=True)
    assert (
        f"the old record {path} can't be removed: Permission denied"
        in capsys.readouterr().err
    )
