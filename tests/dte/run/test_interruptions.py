"""What an interruption ends, and what the report says afterwards."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dte.order.order import Order
from dte.rehearsal import rehearse
from dte.run.copying import Copier
from dte.run.interrupt import Interrupt
from dte.run.results import JobRun, RehearsedWorkflow, StepFailure, StepPlace
from tests.configs import one_job
from tests.dte.commands import make_project
from tests.dte.rehearse_config import Heard
from tests.dte.report.test_report_file import check

CONFIG = """\
version: 2.1
jobs:
  first:
    docker: [{image: any}]
    steps: [run: {name: A, command: echo done}]
  second:
    docker: [{image: any}]
    steps:
      - run: {name: B, command: 'echo up; touch ../../../../up; sleep 300'}
      - run: {name: C, command: echo never}
  third:
    docker: [{image: any}]
    steps: [run: {name: D, command: echo never}]
workflows:
  all:
    jobs:
      - first
      - second: {requires: [first]}
      - third: {requires: [second]}
"""


# A tiny buffer makes copies slow, so the signal arrives while a file is being copied.
SLOW_COPIES = """\
import shutil
shutil.COPY_BUFSIZE = 16
from dte.cli import main
main()
"""


class Interrupting(Heard):
    """Sends Ctrl-C to a job's thread, as the system may do."""

    def step_started(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepPlace
    ) -> None:
        """Send the signal."""
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)


@pytest.mark.timeout(60)
def test_a_signal_that_another_thread_receives_is_noticed(tmp_path: Path) -> None:
    """A signal ends the jobs even if it doesn't wake the main thread."""
    project = make_project(tmp_path, one_job("run: {name: A, command: sleep 300}"))
    config = project / ".circleci" / "config.yml"
    order = Order(config=config, project=project, orbs={})
    report = rehearse(order, Interrupting())
    assert report.interrupted
    assert report.runs[0].status == "canceled"


class PressedLater(Interrupt):
    """An interrupt that counts as pressed after `after` checks of `count`."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._checks = after

    @property
    def count(self) -> int:
        """Return 1 after enough checks, else 0."""
        self._checks -= 1
        return int(self._checks < 0)


def test_a_copy_of_a_large_file_can_be_interrupted(tmp_path: Path) -> None:
    """An interruption ends a copy inside a file, not only between files."""
    source = tmp_path / "large"
    source.write_bytes(b"x" * 8_000_000)
    copier = Copier(tmp_path, PressedLater(4), lambda _: None)
    with pytest.raises(StepFailure, match="interrupted"):
        copier.collect(source, tmp_path / "copy")
    assert 0 < (tmp_path / "copy").stat().st_size < 8_000_000


def test_a_search_for_files_can_be_interrupted(tmp_path: Path) -> None:
    """An interruption ends the search for the files that a pattern matches."""
    for number in range(10):
        (tmp_path / str(number)).touch()
    copier = Copier(tmp_path, PressedLater(4), lambda _: None)
    with pytest.raises(StepFailure, match="interrupted"):
        list(copier.watch(tmp_path.glob("*")))


def wait_for(pattern: str, folder: Path) -> None:
    """Wait until the pattern matches a file in the folder."""
    while not list(folder.glob(pattern)):
        time.sleep(0.05)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("number", "size", "begun"),
    [(signal.SIGINT, 2 << 30, "dte-*/snapshot/large"), (signal.SIGTERM, 1, "called")],
)
def test_the_time_before_the_first_job_can_be_interrupted(
    tmp_path: Path, number: signal.Signals, size: int, begun: str
) -> None:
    """A signal ends the copy of a large file, and a git command that hangs."""
    project = make_project(tmp_path / "project", CONFIG)
    with (project / "large").open("w") as large:
        large.truncate(size)
    temporary, report = tmp_path / "t", tmp_path / "report.json"
    (temporary / "bin").mkdir(parents=True)
    git = temporary / "bin" / "git"
    git.write_text(f"#!/bin/sh\ntouch {temporary}/called\nexec sleep 300\n")
    git.chmod(0o755)
    path = f"{git.parent}{os.pathsep}{os.environ['PATH']}"
    process = start_dte(project, temporary, "--report", report, PATH=path)
    wait_for(begun, temporary)
    process.send_signal(number)
    printed, _ = process.communicate()
    assert process.returncode == 130, printed
    assert "interrupted: nothing was run" in printed
    assert json.loads(report.read_text())["interrupted"]
    left = {path.name for path in temporary.iterdir()}
    assert left == ({"bin"} if "large" in begun else {"bin", "called"})


def start_dte(
    project: Path, temporary: Path, *words: str | Path, **env: str
) -> "subprocess.Popen[str]":
    """Start `dte rehearse` in the project, with its folder in `temporary`."""
    source = str(Path(__file__).resolve().parents[3])
    return subprocess.Popen(
        [sys.executable, "-c", SLOW_COPIES, "rehearse", "--logs", "../logs", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": source, "TMPDIR": str(temporary), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
)
def test_the_report_says_what_had_happened(
    tmp_path: Path, number: signal.Signals
) -> None:
    """After a signal, `--report` has what passed, what was canceled, and a verdict."""
    project = make_project(tmp_path / "project", CONFIG)
    temporary = tmp_path / "t"
    temporary.mkdir()
    report_file, timeline = tmp_path / "report.json", tmp_path / "timeline.svg"
    words = ("--report", report_file, "--timeline", timeline)
    process = start_dte(project, temporary, *words)
    wait_for("dte-*/up", temporary)
    process.send_signal(number)
    printed, _ = process.communicate()
    assert process.returncode == 130, printed
    report = json.loads(report_file.read_text())
    check(report)
    assert report["interrupted"]
    assert report["verdict"] == "interrupted: second was canceled"
    assert "interrupted: second was canceled" in printed
    jobs = {job["name"]: job for job in report["runs"][0]["jobs"]}
    statuses = {name: job["status"] for name, job in jobs.items()}
    assert statuses == {"first": "success", "second": "canceled", "third": "not_run"}
    begun, never = jobs["second"]["steps"]
    assert (begun["status"], begun["last_lines"]) == ("canceled", ["up"])
    assert never["status"] == "skipped"
    assert Path(begun["log"]).read_text() == "up\n"
    assert "first: success" in timeline.read_text()
    assert list(temporary.iterdir()) == []
