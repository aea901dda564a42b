"""Runs the steps of one job in order.

Source: CircleCI docs, Configuration reference, `when`: after a failure only steps with
`always` or `on_fail` run; after a job is cancelled, no step runs.
"""

import time
from collections import deque
from collections.abc import Callable
from subprocess import Popen

from dte.model import Step
from dte.run.context import JobContext
from dte.run.environment import mask
from dte.run.kills import KillClock
from dte.run.listener import Listener
from dte.run.processes import MARK, Outcome, end_marked
from dte.run.results import JobStatus, StepFailure, StepResult, StepStatus
from dte.run.shell import run_command
from dte.run.steps import BUILT_IN

TAIL_LINES = 40
_HALT = """#!/bin/sh
if [ "$1 $2" = "step halt" ]; then : >"$DTE_REHEARSAL_HALT"; exit 0; fi
echo "circleci-agent $*: not supported by dte rehearse" >&2
exit 1
"""


class JobExecution:
    """Runs the steps of one job in its own folder."""

    def __init__(self, context: JobContext, listener: Listener) -> None:
        self._context = context
        self._listener = listener
        self._background: list[Popen[bytes]] = []
        self._status: JobStatus = "success"
        self._halt = context.folder.temporary / "halt"
        self._clock = KillClock(context)

    def execute(self) -> JobStatus:
        """Run every step that is due; kill everything the job started when it ends."""
        self._prepare_folder()
        try:
            self._clock.start("")
            for position, step in enumerate(self._context.job.steps):
                self._take(step, position)
        finally:
            self._clock.stop()
            end_marked(self._context.env[MARK])
            for process in self._background:
                process.wait()
        # A job whose machine was lost has failed, whatever its last step returned.
        return "failed" if self._clock.lost else self._status

    def _prepare_folder(self) -> None:
        folder = self._context.folder
        folder.create()
        self._context.working_directory.mkdir(parents=True, exist_ok=True)
        (folder.temporary / "bash_env").touch()
        for name in ("circleci-agent", "circleci"):
            command = folder.commands / name
            command.write_text(_HALT)
            command.chmod(0o755)

    def _take(self, step: Step, position: int) -> None:
        if self._is_due(step):
            result = self._run(step, position)
        else:
            result = StepResult(step.name, "skipped", 0.0, None)
        self._context.run.steps.append(result)
        self._listener.step_ended(self._context.workflow, self._context.run, result)
        if result.status in ("failed", "timed out") and self._status == "success":
            self._status = "failed"
        if result.status == "canceled":
            self._status = "canceled"

    def _is_due(self, step: Step) -> bool:
        when = step.arguments.get("when", "on_success")
        if self._status == "canceled" or self._context.interrupt.pressed:
            self._status = "canceled"
            return False
        if self._halt.exists():
            return False
        if self._status == "failed":
            return when in ("always", "on_fail")
        return bool(when != "on_fail")

    def _run(self, step: Step, position: int) -> StepResult:
        context = self._context
        tail: deque[str] = deque(maxlen=TAIL_LINES)

        def say(line: str) -> None:
            clean = mask(line, context.secrets)
            tail.append(clean)
            self._listener.line(context.workflow, context.run, step.name, clean)

        started = time.monotonic()
        self._clock.start(step.name)
        outcome = self._attempt(step, position, say)
        seconds = time.monotonic() - started
        status = _judge(outcome)
        if status == "timed out":
            say("Too long with no output: the step was killed.")
        return StepResult(step.name, status, seconds, outcome.exit_code, tuple(tail))

    def _attempt(
        self, step: Step, position: int, say: Callable[[str], None]
    ) -> Outcome:
        context = self._context.with_output(say)
        failures = context.faults.failures
        try:
            if any(
                fault.hits(context.run.name, step.name, position) for fault in failures
            ):
                raise StepFailure("this step was made to fail (--fail)")
            if step.kind == "run":
                return run_command(step, context, self._background)
            BUILT_IN[step.kind](step, context)
        except (StepFailure, OSError) as error:
            say(f"error: {error}")
            pressed = context.interrupt.pressed
            return Outcome(1, "canceled" if pressed else "exited", 0.0)
        return Outcome(0, "exited", 0.0)


def _judge(outcome: Outcome) -> StepStatus:
    if outcome.reason == "canceled":
        return "canceled"
    if outcome.reason == "silent":
        return "timed out"
    return "success" if outcome.exit_code == 0 else "failed"
