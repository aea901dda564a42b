"""Background steps: they run beside later steps, and end with their job at the latest.

Source: CircleCI docs, Configuration reference, `background`: the job does not wait for
the step, and its failure does not fail the job.
"""

import subprocess
import time
from threading import Event, Thread

from dte.run.output import StepOutput
from dte.run.processes import Lines

_TICK_SECONDS = 0.1


class BackgroundStep:
    """A running background step, whose output is passed on until it ends."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", output: StepOutput, number: int
    ) -> None:
        self.output = output
        self.number = number
        self.seconds = 0.0
        self._process = process
        self._started = time.monotonic()
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def exit_code(self) -> int | None:
        """Its exit code, or None if it still runs."""
        return self._process.poll()

    def finish(self) -> None:
        """Wait for the end of the step, whose process was killed with its job."""
        self._over.set()
        self._process.wait()
        self._thread.join()
        self.output.close()

    def _watch(self) -> None:
        assert self._process.stdout is not None
        with Lines(self._process.stdout, self.output) as lines:
            ended = False
            while lines.read(_TICK_SECONDS) or not ended:
                ended = self._process.poll() is not None or self._over.is_set()
        self.seconds = time.monotonic() - self._started
