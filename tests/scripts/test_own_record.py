"""One function decides which record belongs to this run, for all scripts."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.git import make_repository
from tests.scripts.records import RunScript, make_record, write_record

OWN = "own-workflow"
EARLIER = "first-workflow"
WORKSPACE = "first-workflow"
SCRIPTS = ("record_attempt", "rerun_guard", "rerun_all", "set_shas")


def write_own(folder: Path) -> None:
    """Write a record of this workflow and this workspace."""
    write_record(folder, make_record(workflow_id=OWN, workspace_id=WORKSPACE))


def write_damaged(folder: Path) -> None:
    """Write a file with this workflow's name that is not a record."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{OWN}.json").write_text("{")


def write_link(folder: Path) -> None:
    """Make a dangling link with this workflow's name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{OWN}.json").symlink_to("nowhere")


def write_foreign(folder: Path) -> None:
    """Write a record with this workflow's id that belongs to another workspace."""
    write_record(folder, make_record(workflow_id=OWN, workspace_id="other"))


def write_nothing(folder: Path) -> None:
    """Write nothing: no file has this workflow's name."""


# What each script prints if the file with this workflow's name is a valid record (RAN),
# is damaged (REFUSED), or is missing or of another workspace (PARTIAL). A record of an
# earlier workflow, attempt 4, always exists.
RAN = {
    "record_attempt": "This is attempt 1 of",
    "rerun_guard": "This is attempt 1 of",
    "rerun_all": "this is a full run",
    "set_shas": "the record of attempt 1 has no passed revisions",
}
REFUSED = {
    "record_attempt": "dte replaces it",
    "rerun_guard": "can't be read",
    "rerun_all": "it is unknown whether this is a full run",
    "set_shas": "can't be read",
}
PARTIAL = {
    "record_attempt": "This is attempt 5 of",
    "rerun_guard": "The last full run was attempt 4 ",
    "rerun_all": "there is no token, so no rerun can be requested",
    "set_shas": "the record of attempt 4 has no passed revisions",
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (write_own, RAN),
        (write_damaged, REFUSED),
        (write_link, REFUSED),
        (write_foreign, PARTIAL),
        (write_nothing, PARTIAL),
    ],
)
def test_all_scripts_agree_on_the_record_of_this_run(
    run_script: RunScript,
    tmp_path: Path,
    script: str,
    write: object,
    expected: dict[str, str],
) -> None:
    """All scripts agree on which record belongs to this run."""
    assert callable(write)
    folder = tmp_path / "attempts"
    ledger = tmp_path / "ledger"
    earlier = make_record(workflow_id=EARLIER, workspace_id=WORKSPACE, attempt=4)
    for place in (folder, ledger):
        write_record(place, earlier)
    write(folder)
    make_repository(tmp_path)
    done = run_script(
        script,
        {
            "BASH_ENV": str(tmp_path / "bash_env"),
            "CIRCLE_WORKFLOW_ID": OWN,
            "CIRCLE_WORKFLOW_WORKSPACE_ID": WORKSPACE,
            "CIRCLE_PIPELINE_ID": "pipeline",
            "CIRCLE_BRANCH": "main" if script == "set_shas" else "feature",
            "DTE_ATTEMPTS": str(folder),
            "DTE_LEDGER": str(ledger),
            "DTE_CHECKOUT": str(tmp_path),
            "DTE_API_URL": "http://127.0.0.1:9/api/v2",
        },
    )
    assert expected[script] in done.stdout + done.stderr
    if script == "record_attempt":
        assert json.loads((folder / f"{OWN}.json").read_text())["workflow_id"] == OWN


@pytest.mark.parametrize(
    "script", ["record_attempt", "rerun_guard", "rerun_all", "lib/revision_sources"]
)
def test_only_attempts_reads_the_ids_and_the_folder(script: str) -> None:
    """For every script, `find_records` decides which record is the run's own."""
    path = Path(__file__).parents[2] / "scripts" / f"{script}.py"
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    used = {node.value for node in nodes if isinstance(node, ast.Constant)}
    used |= {node.id for node in nodes if isinstance(node, ast.Name)}
    decided = {"CIRCLE_WORKFLOW_WORKSPACE_ID", "DTE_ATTEMPTS", "record_path"}
    assert used & decided == set()
    assert "find_records" in used
