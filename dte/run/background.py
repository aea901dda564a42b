"""Runs background steps alongside later steps; they end with their job at the latest.

Source: CircleCI docs, Configuration reference, `background`: the job does not wait for
the step, and its failure does not fail the job.
"""

import time
from threading import Event, Thread

from dte.run.output import StepOutput
from dte.run.processes import Lines, kill_group
from dte.run.starter import StepProcess

_TICK_SECONDS = 0.1
_LAST_READS = 20


class BackgroundStep:
    """A running background step, whose output is passed on until it ends."""

    def __init__(self, process: StepProcess, output: StepOutput, number: int) -> None:
        self.output = output
        self.number = number
        self.seconds = 0.0
        self._process = process
        self._started = time.monotonic()
        self._over = Event()
        # The end of the process closes its status, so this can't be done later.
        lines = Lines(process.stdout, output, process.status)
        self._thread = Thread(target=self._watch, args=(lines,), daemon=True)
        self._thread.start()

    @property
    def exit_code(self) -> int | None:
        """Its exit code, or None if it still runs."""
        return self._process.poll()

    def finish(self) -> None:
        """Kill the step's process group, and wait for its end."""
        self._over.set()
        if self._process.poll() is None:
            # It may have dropped the variable by which dte finds a job's processes.
            kill_group(self._process)
        self._process.wait()
        self._thread.join()
        self.output.close()

    def _watch(self, lines: Lines) -> None:
        with lines:
            while not self._over.is_set():
                if not lines.read(_TICK_SECONDS) and self._process.poll() is not None:
                    break
            for _ in range(_LAST_READS):
                # A daemon may keep printing.
                if not lines.read(0):
                    break
        self.seconds = time.monotonic() - self._started
