"""The output of one step: redacted, then passed to the listener and the log file."""

from collections import deque
from typing import TextIO

from dte.run.listener import Listener
from dte.run.redact import Redactor
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace
from dte.run.sanitize import strip_colors

TAIL_LINES = 40


class StepOutput:
    """Collects the lines of one step; `tail` contains the last, `lines` counts all."""

    def __init__(
        self,
        secrets: tuple[str, ...],
        listener: Listener,
        *,
        workflow: RehearsedWorkflow,
        job: JobRun,
        step: StepPlace,
        log: TextIO | None,
    ) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.lines = 0
        self.log_path = log.name if log else ""
        self._redactor = Redactor(secrets)
        self._listener = listener
        self._workflow = workflow
        self._job = job
        self._step = step
        self._log = log

    def say(self, line: str) -> None:
        """Take one more line."""
        for clean in self._redactor.feed(line):
            self._pass_on(clean)

    def flush(self) -> None:
        """Pass on the lines that the redactor holds back."""
        for clean in self._redactor.flush():
            self._pass_on(clean)

    def close(self) -> None:
        """Pass on what is held back, and close the log file."""
        self.flush()
        if self._log:
            self._log.close()

    def _pass_on(self, line: str) -> None:
        self.lines += 1
        plain = strip_colors(line)
        self.tail.append(plain)
        if self._log:
            self._log.write(plain + "\n")
        self._listener.line(self._workflow, self._job, self._step, line)
