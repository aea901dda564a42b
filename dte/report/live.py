"""Prints progress: one line for each step, or every line with --verbose."""

import re
import sys
from threading import Lock

from rich.console import Console
from rich.text import Text

from dte.run.listener import Listener
from dte.run.results import JobRun, RehearsedWorkflow, StepResult

_MARKS = {
    "success": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "timed out": ("✗", "bold red"),
    "canceled": ("■", "yellow"),
    "skipped": ("·", "dim"),
    "not_run": ("·", "dim"),
}
_NAME_WIDTH = 14
_TAIL_LINES = 25
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class LiveListener(Listener):
    """Prints to `console`; with `verbose`, also every line of every step."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose
        self._lock = Lock()
        self._count = 0

    def note(self, text: str) -> None:
        """Print the note to stderr."""
        print(f"note: {text}", file=sys.stderr)

    def workflow_started(self, workflow: RehearsedWorkflow) -> None:
        """Print a rule with the run's number and kind."""
        self._count += 1
        title = Text(f"run {self._count}: {workflow.kind}", style="bold")
        self._console.rule(title, align="left")
        for job in workflow.jobs.values():
            if job.carried_from:
                self._print(job, "○", "dim", f"carried over: {job.why}")

    def job_started(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """Print the job's name and why it runs."""
        self._print(job, "▶", "cyan", f"starts ({job.why})")

    def line(
        self, workflow: RehearsedWorkflow, job: JobRun, step: str, line: str
    ) -> None:
        """Print the line if the user asked for all lines."""
        if self._verbose:
            self._print(job, "│", "dim", line)

    def step_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """Print how the step ended, and the last lines of a failure."""
        if step.status == "skipped":
            return
        mark, style = _MARKS[step.status]
        tail = [line for line in map(_clean, step.tail) if line]
        failed = step.status in ("failed", "timed out")
        with self._lock:
            words = f"{step.name} ({step.seconds:.1f} s)"
            quiet = failed or self._verbose or not tail
            self._write(job, mark, style, words, after="" if quiet else tail[-1])
            if failed and not self._verbose:
                for line in tail[-_TAIL_LINES:]:
                    self._write(job, "│", style, line)

    def job_ended(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """Print the job's status."""
        mark, style = _MARKS[job.status]
        self._print(job, mark, style, f"{job.status} after {job.seconds:.1f} s")

    def workflow_ended(self, workflow: RehearsedWorkflow) -> None:
        """Print the workflow's status."""
        style = _MARKS[workflow.status][1]
        self._console.print(
            Text(
                f"run {self._count}: {workflow.status} ({workflow.seconds:.1f} s)",
                style,
            )
        )

    def _print(self, job: JobRun, mark: str, style: str, words: str) -> None:
        with self._lock:
            self._write(job, mark, style, words)

    def _write(
        self, job: JobRun, mark: str, style: str, words: str, *, after: str = ""
    ) -> None:
        line = Text.assemble(
            (f"{job.name:<{_NAME_WIDTH}} ", "bold"), (f"{mark} ", style), (words, style)
        )
        if after:
            line.append(f"  {after}", "dim")
            line.truncate(self._console.width, overflow="ellipsis")
        self._console.print(line, soft_wrap=True)


def _clean(line: str) -> str:
    return _ANSI.sub("", line).rstrip()
