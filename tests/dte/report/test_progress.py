"""The heartbeat: what is printed during a long silence, without a terminal."""

import time

import pytest

from dte.report.progress import Heartbeat, Progress
from tests.dte.report.events import make_console, read_console

SECONDS = 0.1
TICKS = 0.05


class Clock:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """Return the seconds since the start of the test."""
        return self.now


def test_a_heartbeat_names_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a silence, and only then, the running steps are printed with their time."""
    clock = Clock()
    monkeypatch.setattr("dte.report.progress.time", clock)
    console, progress = make_console(80), Progress()
    heartbeat = Heartbeat(console, progress, SECONDS)
    progress.start("build", "build", "Run the tests")
    progress.start("deploy", "deploy #1", "Wait")
    heartbeat.start()
    try:
        clock.now = SECONDS * 0.9
        time.sleep(TICKS)
        progress.heard_now()
        clock.now = SECONDS * 1.8
        time.sleep(TICKS)
        assert read_console(console) == "\n"
        clock.now = 125.0
        for _ in range(200):
            if "still" in read_console(console):
                break
            time.sleep(TICKS)
        time.sleep(TICKS)
    finally:
        heartbeat.stop()
    assert read_console(console) == (
        "still running: build in Run the tests (125 s), deploy #1 in Wait (125 s)\n"
    )


def test_nothing_runs_and_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a running step, nothing is printed during a silence."""
    clock = Clock()
    monkeypatch.setattr("dte.report.progress.time", clock)
    console, progress = make_console(80), Progress()
    heartbeat = Heartbeat(console, progress, SECONDS)
    progress.start("build", "build", "Run the tests")
    progress.end("build")
    heartbeat.start()
    clock.now = 125.0
    time.sleep(TICKS)
    heartbeat.stop()
    assert read_console(console) == "\n"
