"""The log files of a rehearsal."""

import os
import time
from pathlib import Path

import pytest

from dte.errors import UserError
from dte.run.logs import KEPT_DAYS, make_log_folder
from tests.configs import one_job
from tests.dte.commands import make_project, run_in


def test_each_step_of_each_machine_has_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed step shows its log file, exit code and the number of omitted lines."""
    steps = (
        "run: {name: 'Print / it', command: seq 100; exit 3}",
        "run: {command: echo always, when: always}",
    )
    project = make_project(tmp_path / "project", one_job(*steps, more="parallelism: 2"))
    done = run_in(project, monkeypatch, "rehearse", COLUMNS="300")
    (folder,) = (tmp_path / "logs").iterdir()
    assert f"logs: {folder}" in done.stdout
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.log"))
    assert names == [
        f"run-1/build.{machine}/{name}.log"
        for machine in (0, 1)
        for name in ("01-Print_it", "02-echo_always")
    ]
    log = folder / "run-1" / "build.1" / "01-Print_it.log"
    assert log.read_text().split() == [str(number) for number in range(1, 101)]
    assert f"75 lines left out: {log}" in done.stdout
    assert "exit 3)" in done.stdout
    assert "build #0 failed in Print / it, exit 3" in done.stdout


def test_old_logs_are_removed(tmp_path: Path) -> None:
    """Folders of earlier rehearsals are removed by age; other files stay."""
    old, new, other = (
        tmp_path / name for name in ("20200101-000000-abc", "20990101-000000-abc", "x")
    )
    for folder in (old, new, other):
        folder.mkdir()
    days = (KEPT_DAYS + 1) * 86400
    for folder in (old, other):
        os.utime(folder, (time.time() - days, time.time() - days))
    made = make_log_folder(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([made, new, other])


def test_a_log_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """A log folder that is a link is refused: another user may have made the link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UserError, match="log folder"):
        make_log_folder(tmp_path / "link")


def test_a_log_folder_is_private(tmp_path: Path) -> None:
    """Only the user can read the log files."""
    folder = make_log_folder(tmp_path / "logs")
    for made in (folder, folder.parent):
        assert made.stat().st_mode & 0o077 == 0
