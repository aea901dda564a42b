"""The output of one step: redacted, then passed to the listener and the log file."""

from collections import deque
from collections.abc import Sequence
from typing import TextIO

from dte.run.listener import Listener
from dte.run.redact import Redactor
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace
from dte.run.sanitize import strip_colors

TAIL_LINES = 40
LONGEST_KEPT = 2000


class StepOutput:
    """Collects a step's output: `tail` has the last lines, `lines` counts all lines."""

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
        """Add one line of output."""
        self.say_all([line])

    def say_all(self, lines: Sequence[str]) -> None:
        """Add several lines of output."""
        self._pass_on([clean for line in lines for clean in self._redactor.feed(line)])

    def flush(self) -> None:
        """Pass on the lines that the redactor holds back."""
        self._pass_on(list(self._redactor.flush()))

    def close(self) -> None:
        """Pass on the lines that the redactor holds back, and close the log file."""
        self.flush()
        if self._log:
            self._log.close()

    def _pass_on(self, lines: Sequence[str]) -> None:
        if not lines:
            return
        self.lines += len(lines)
        plain = [strip_colors(line) for line in lines]
        self.tail.extend(line[:LONGEST_KEPT] for line in plain[-TAIL_LINES:])
        if self._log:
            self._log.write("\n".join([*plain, ""]))
        self._listener.printed(self._workflow, self._job, self._step, lines)
