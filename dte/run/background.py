"""Runs background steps in parallel with later steps, and ends them with the job.

Source: CircleCI docs, Configuration reference, `background`: the job does not wait for
the step, and a failure of the step does not fail the job.
"""

import time
from threading import Event, Thread

from dte.run.output import StepOutput
from dte.run.processes import Lines, kill_group
from dte.run.starter import StepProcess

_TICK_SECONDS = 0.1


class BackgroundStep:
    """A running background step, whose output is passed on until the step ends."""

    def __init__(self, process: StepProcess, output: StepOutput, number: int) -> None:
        self.output = output
        self.number = number
        self.seconds = 0.0
        self._process = process
        self._started = time.monotonic()
        self._over = Event()
        # Made before the first `poll`, which closes the status of an ended process.
        lines = Lines(process.stdout, output, process.status)
        self._thread = Thread(target=self._watch, args=(lines,), daemon=True)
        self._thread.start()

    @property
    def exit_code(self) -> int | None:
        """The exit code of the step, or None if the step still runs."""
        return self._process.poll()

    def finish(self) -> None:
        """Kill the step's process group, and wait until the step has ended."""
        self._over.set()
        if self._process.poll() is None:
            # The process may lack the variable by which dte finds a job's processes.
            kill_group(self._process)
        self._process.wait()
        self._thread.join()
        self.output.close()

    def _watch(self, lines: Lines) -> None:
        with lines:
            while not self._over.is_set():
                if not lines.read(_TICK_SECONDS) and self._process.poll() is not None:
                    break
            lines.drain()
        self.seconds = time.monotonic() - self._started
