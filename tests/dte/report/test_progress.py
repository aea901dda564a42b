"""The heartbeat: what is printed during a long silence, without a terminal."""

import threading

import pytest

from dte.report.progress import Heartbeat, Progress
from tests.dte.report.events import make_console, read_console

SECONDS = 0.1


class Clock:
    """A clock that moves only when a test moves it, and counts how often it is read."""

    def __init__(self) -> None:
        self.now = 0.0
        self._reads = 0
        self._read = threading.Condition()

    def monotonic(self) -> float:
        """Return the seconds since the start of the test."""
        with self._read:
            self._reads += 1
            self._read.notify_all()
            return self.now

    def move(self, now: float) -> None:
        """Set the time, and wait until the heartbeat has read it."""
        with self._read:
            self.now = now
            # A check that began before the change may cause the first read.
            enough = self._reads + 3
            self._read.wait_for(lambda: self._reads >= enough)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the heartbeat."""
    clock = Clock()
    monkeypatch.setattr("dte.report.progress.time", clock)
    return clock


@pytest.mark.timeout(60)
def test_a_heartbeat_names_what_runs(clock: Clock) -> None:
    """Only after a silence, the running steps are printed with their time."""
    console, progress = make_console(80), Progress()
    heartbeat = Heartbeat(console, progress, SECONDS)
    progress.start("build", "build", "Run the tests")
    progress.start("deploy", "deploy #1", "Wait")
    heartbeat.start()
    try:
        clock.move(SECONDS * 0.9)
        progress.heard_now()
        clock.move(SECONDS * 1.8)
        assert read_console(console) == "\n"
        clock.move(125.0)
    finally:
        heartbeat.stop()
    assert read_console(console) == (
        "still running: build in Run the tests (125 s), deploy #1 in Wait (125 s)\n"
    )


@pytest.mark.timeout(60)
def test_nothing_runs_and_nothing_is_printed(clock: Clock) -> None:
    """Without a running step, nothing is printed during a silence."""
    console, progress = make_console(80), Progress()
    heartbeat = Heartbeat(console, progress, SECONDS)
    progress.start("build", "build", "Run the tests")
    progress.end("build")
    heartbeat.start()
    clock.move(125.0)
    heartbeat.stop()
    assert read_console(console) == "\n"
