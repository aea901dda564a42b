"""Tracks the step of each running job, for the live block and the heartbeat."""

import time
from threading import Event, Lock, Thread
from typing import NamedTuple

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

HEARTBEAT_SECONDS = 60.0


class RunningStep(NamedTuple):
    """A running step and the moment it started, by the monotonic clock."""

    title: str
    started: float


class Progress:
    """The running jobs; `heard` is the moment of the last output."""

    def __init__(self) -> None:
        self.heard = time.monotonic()
        self._running: dict[tuple[str, str], RunningStep] = {}
        self._lock = Lock()

    def start(self, job: str, name: str, title: str) -> None:
        """Note that the job, or its machine `name`, now runs the step `title`."""
        with self._lock:
            # In a parallel job, the lines of its machines replace the line of the job.
            self._running.pop((job, job), None)
            self._running[job, name] = RunningStep(title, time.monotonic())

    def heard_now(self) -> None:
        """Note that something was printed."""
        self.heard = time.monotonic()

    def end(self, job: str) -> None:
        """Note that the job and its machines have ended."""
        with self._lock:
            for key in [key for key in self._running if key[0] == job]:
                del self._running[key]

    def list(self) -> list[tuple[str, str, float]]:
        """Return the name, step and elapsed seconds of each running job or machine."""
        now = time.monotonic()
        with self._lock:
            return [
                (name, step.title, now - step.started)
                for (_, name), step in self._running.items()
            ]

    def __rich__(self) -> Table:
        """Return the live block."""
        table = Table.grid(padding=(0, 1))
        for name, title, seconds in self.list():
            table.add_row(
                Text(name, "bold"), Text("▶", "cyan"), title, f"{seconds:.0f} s"
            )
        return table


class LiveBlock:
    """Shows the running jobs below the output, at a terminal."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._live = Live(
            progress, console=console, refresh_per_second=4, transient=True
        )

    def start(self) -> None:
        """Show the block."""
        self._live.start()

    def stop(self) -> None:
        """Remove the block."""
        self._live.stop()


class Heartbeat:
    """Without a terminal, prints the running steps after a long silence."""

    def __init__(
        self, console: Console, progress: Progress, seconds: float = HEARTBEAT_SECONDS
    ) -> None:
        self._console = console
        self._progress = progress
        self._seconds = seconds
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start a thread that watches for silence."""
        self._stopped.clear()
        self._progress.heard = time.monotonic()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(self._seconds / 10):
            if time.monotonic() - self._progress.heard < self._seconds:
                continue
            self._progress.heard = time.monotonic()
            running = [
                f"{name} in {title} ({seconds:.0f} s)"
                for name, title, seconds in self._progress.list()
            ]
            if running:
                self._console.print(
                    f"still running: {', '.join(running)}", soft_wrap=True
                )
