"""Prints progress: one line for each step, or every line with --verbose."""

import sys
from collections.abc import Sequence
from threading import Lock

from rich.console import Console
from rich.text import Text

from dte.report.progress import Heartbeat, LiveBlock, Progress
from dte.report.screen import Gutter
from dte.report.words import step_title
from dte.run.listener import Listener
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace, StepResult
from dte.words import count_of

_MARKS = {
    "success": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "timed out": ("✗", "bold red"),
    "canceled": ("■", "yellow"),
    "skipped": ("·", "dim"),
    "not_run": ("·", "dim"),
}
_WIDEST_NAME = 24
_TAIL_LINES = 25
_LONGEST_SHOWN = 4000


class LiveListener(Listener):
    """Prints progress to `console`; with `verbose`, also every line of every step."""

    def __init__(
        self, console: Console, *, verbose: bool, wrap: bool | None = None
    ) -> None:
        self._console = console
        self._verbose = verbose
        self._gutter = Gutter(console, wrap=wrap)
        self._progress = Progress()
        at_terminal = console.is_terminal and not console.is_dumb_terminal
        self._status: LiveBlock | Heartbeat = (
            LiveBlock(console, self._progress)
            if at_terminal
            else Heartbeat(console, self._progress)
        )
        self._lock = Lock()

    def note(self, text: str) -> None:
        """Print the note to stderr."""
        print(f"note: {text}", file=sys.stderr)

    def cleaning_up(self, text: str) -> None:
        """Print to stderr which folder is removed."""
        print(f"cleaning up: {text}", file=sys.stderr)

    def workflow_started(self, workflow: RehearsedWorkflow) -> None:
        """Print a heading with the run's number and kind, and the carried-over jobs."""
        title = Text(f"run {workflow.number}: {workflow.kind}", style="bold")
        self._console.rule(title, align="left")
        names = [len(job.name) for job in workflow.jobs.values()]
        self._gutter.width = min(max(names, default=0), _WIDEST_NAME)
        for job in workflow.jobs.values():
            if job.carried_from:
                self._print(job.name, "○", "dim", f"carried over: {job.why}")
        self._status.start()

    def job_started(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """Print the job's name and why it runs."""
        self._progress.start(job.name, job.name, "starting")
        self._print(job.name, "▶", "cyan", f"starts ({job.why})")

    def step_started(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepPlace
    ) -> None:
        """Store which step runs, for the display of running jobs."""
        name = job.name_machine(step.machine)
        self._progress.start(job.name, name, step_title(step.name))

    def printed(
        self,
        workflow: RehearsedWorkflow,
        job: JobRun,
        step: StepPlace,
        lines: Sequence[str],
    ) -> None:
        """Print the lines if `verbose` is set."""
        if self._verbose:
            self._progress.heard_now()
            with self._lock:
                shown = [_shorten(line) for line in lines]
                self._gutter.write_all(job.name_machine(step.machine), shown)

    def step_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """Print how the step ended, and the last lines of a failed step."""
        if step.status == "skipped":
            return
        name = job.name_machine(step.machine)
        mark, style = _MARKS[step.status]
        if step.status in ("failed", "timed out"):
            with self._lock:
                self._write_failure(name, step, style)
            return
        text = Text(f"{step_title(step.name)} ({step.seconds:.1f} s)", style)
        tail = [line for line in step.tail if line.strip()]
        if tail and not self._verbose:
            text = self._gutter.fit(name, text, tail[-1].strip())
        self._write(name, mark, style, text)

    def background_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """Print how a background step ended."""
        how = "with the job" if step.exit_code is None else f"exit {step.exit_code}"
        title = f"{step_title(step.name)} in the background"
        words = f"{title} ended ({step.seconds:.1f} s, {how})"
        self._print(job.name_machine(step.machine), "■", "dim", words)

    def job_ended(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """Print the job's status."""
        self._progress.end(job.name)
        mark, style = _MARKS[job.status]
        after = f" after {job.seconds:.1f} s" if job.status != "not_run" else ""
        status = "not run" if job.status == "not_run" else job.status
        self._print(job.name, mark, style, f"{status}{after}")

    def workflow_ended(self, workflow: RehearsedWorkflow) -> None:
        """Print the workflow's status."""
        self._status.stop()
        style = _MARKS[workflow.status][1]
        words = f"run {workflow.number}: {workflow.status} ({workflow.seconds:.1f} s)"
        self._console.print(Text(words, style))

    def _write_failure(self, name: str, step: StepResult, style: str) -> None:
        ended = f"exit {step.exit_code}" if step.status == "failed" else step.status
        words = f"{step_title(step.name)} ({step.seconds:.1f} s, {ended})"
        self._gutter.write(name, "✗", style, Text(words, style))
        shown = [] if self._verbose else list(step.tail[-_TAIL_LINES:])
        left_out = step.lines - len(shown)
        if left_out and not self._verbose:
            where = f": {step.log}" if step.log else ""
            words = f"… {count_of(left_out, 'line')} left out{where}"
            self._gutter.write(name, "│", style, Text(words, "dim"))
        for line in shown:
            if line.strip():
                self._gutter.write(name, "│", style, Text(line[:_LONGEST_SHOWN], style))

    def _print(self, name: str, mark: str, style: str, words: str) -> None:
        self._write(name, mark, style, Text(words, style))

    def _write(self, name: str, mark: str, style: str, text: Text) -> None:
        self._progress.heard_now()
        with self._lock:
            self._gutter.write(name, mark, style, text)


def _shorten(line: str) -> str:
    if len(line) <= _LONGEST_SHOWN:
        return line
    more = count_of(len(line) - _LONGEST_SHOWN, "character")
    return f"{line[:_LONGEST_SHOWN]} … {more} more"
