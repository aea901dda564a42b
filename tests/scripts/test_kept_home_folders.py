"""If a runner keeps its home folder, other files in it stay and have no effect."""

from __future__ import annotations

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
    """A ledger that can't be written is a warning, and the record is written."""
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
    """If the ledger can't be used, the record is written, and only the number may
    restart."""
    if kind == "a file":
        (tmp_path / "ledger").write_text("")
    else:
        (tmp_path / "ledger").symlink_to(tmp_path / "gone" / "away")
        (tmp_path / "gone").write_text("")
    for _ in range(2):
        done = run_script("record_attempt", variables(tmp_path, FIRST))
        assert done.returncode == 0, done.stderr
        assert (
            "the next full run may count from 1; its guard is not affected"
            in done.stderr
        )
        assert read_attempt(tmp_path / "attempts", FIRST) == 1


def test_without_a_ledger_a_second_call_repeats_its_record(
    run_script: RunScript, tmp_path: Path
) -> None:
    """If the ledger has no record, the one in the attempts folder is used."""
    own = make_record(workflow_id=FIRST, workspace_id=FIRST, attempt=5)
    write_record(tmp_path / "attempts", own)
    done = run_script("record_attempt", variables(tmp_path, FIRST))
    assert "This is attempt 5" in done.stdout


def test_a_ledger_does_not_grow_without_end(
    run_script: RunScript, tmp_path: Path
) -> None:
    """Records of other workspaces are removed; those of this workspace stay."""
    ledger = tmp_path / "ledger"
    write_record(ledger, make_record(workflow_id=FIRST, workspace_id=FIRST))
    write_record(ledger, make_record(workflow_id=SECOND, workspace_id="other"))
    assert run_script("record_attempt", variables(tmp_path, THIRD)).returncode == 0
    assert {path.stem for path in ledger.iterdir()} == {FIRST, THIRD}


def test_an_old_record_that_can_t_be_removed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records in a read-only folder stay, and the job continues."""
    from record_files import remove_records

    path = write_record(tmp_path, make_record(workflow_id=FIRST, workspace_id=FIRST))

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    remove_records(tmp_path, lambda record: True)
    assert (
        f"the old record {path} can't be removed: Permission denied"
        in capsys.readouterr().err
    )
