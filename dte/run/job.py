"""Runs the steps of one job in order.

Source: CircleCI docs, Configuration reference, `when`: after a failure only steps with
`always` or `on_fail` run; after a job is canceled, no step runs.
"""

import time
from dataclasses import replace

from dte.compile.step_kinds import runs_a_command
from dte.model import Step
from dte.run.background import BackgroundStep
from dte.run.context import JobContext
from dte.run.job_commands import write_commands
from dte.run.kills import KillClock
from dte.run.listener import Listener
from dte.run.output import StepOutput
from dte.run.processes import Outcome, end_marked
from dte.run.results import (
    JobStatus,
    StepFailure,
    StepPlace,
    StepResult,
    StepStatus,
)
from dte.run.shell import read_duration, run_command, start_command
from dte.run.starter import MARK
from dte.run.steps import BUILT_IN

_TICK_SECONDS = 0.1


class JobExecution:
    """Runs the steps of one job in its own folder."""

    def __init__(self, context: JobContext, listener: Listener) -> None:
        self._context = context
        self._listener = listener
        self._background: list[BackgroundStep] = []
        self._status: JobStatus = "success"
        self._halt = context.folder.temporary / "halt"
        self._clock = KillClock(context)

    def execute(self) -> JobStatus:
        """Run the job's steps in order; afterwards, kill all processes of the job."""
        self._prepare_folder()
        try:
            self._clock.start(0)
            for position, step in enumerate(self._context.job.all_steps):
                self._take(step, position)
        finally:
            self._clock.stop()
            codes = [step.exit_code for step in self._background]
            end_marked(self._context.env[MARK], self._context.starter)
            for background, code in zip(self._background, codes, strict=True):
                self._finish(background, code)
        # A job whose machine was lost has failed, whatever its last step returned.
        return "failed" if self._clock.lost else self._status

    def _prepare_folder(self) -> None:
        folder = self._context.folder
        folder.create()
        self._context.working_directory.mkdir(parents=True, exist_ok=True)
        in_setup = bool(self._context.identity.continuation_key)
        write_commands(folder, in_setup=in_setup)

    def _take(self, step: Step, position: int) -> None:
        place = StepPlace(step.name, position + 1, self._context.machine)
        if self._is_due(step):
            result = self._run(step, place)
        else:
            number, machine = place.number, place.machine
            result = StepResult(
                step.name, "skipped", 0.0, None, number=number, machine=machine
            )
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

    def _run(self, step: Step, place: StepPlace) -> StepResult:
        context = self._context
        self._listener.step_started(context.workflow, context.run, place)
        output = StepOutput(
            context.secrets,
            self._listener,
            workflow=context.workflow,
            job=context.run,
            step=place,
            log=context.logs.create(context.workflow, context.run, place),
        )
        started_at, started = time.time(), time.monotonic()
        self._clock.start(place.number)
        if step.arguments.get("background"):
            return self._start_in_background(step, place, output)
        try:
            outcome = self._attempt_with_reruns(step, place, output)
            status = _judge(outcome)
            if status == "timed out":
                output.say("Too long with no output: the step was killed.")
        finally:
            output.close()
        return StepResult(
            step.name,
            status,
            time.monotonic() - started,
            outcome.exit_code,
            tail=tuple(output.tail),
            lines=output.lines,
            number=place.number,
            machine=place.machine,
            started_at=started_at,
            log=output.log_path,
        )

    def _start_in_background(
        self, step: Step, place: StepPlace, output: StepOutput
    ) -> StepResult:
        """Start the step, and return a result that is replaced when the step ends."""
        status: StepStatus = "success"
        try:
            self._inject_failure(place)
            process = start_command(step, self._context)
            self._background.append(BackgroundStep(process, output, place.number))
        except StepFailure as error:
            status = "failed"
            output.say(f"error: {error}")
            output.close()
        return StepResult(
            step.name,
            status,
            0.0,
            0 if status == "success" else 1,
            tail=tuple(output.tail) if status == "failed" else ("in the background",),
            number=place.number,
            machine=place.machine,
            started_at=time.time(),
            log=output.log_path,
        )

    def _finish(self, background: BackgroundStep, exit_code: int | None) -> None:
        background.finish()
        steps = self._context.run.steps
        number, machine = background.number, self._context.machine
        for position, result in enumerate(steps):
            if (result.number, result.machine) == (number, machine):
                ended = replace(
                    result,
                    seconds=background.seconds,
                    exit_code=exit_code,
                    tail=tuple(background.output.tail),
                    lines=background.output.lines,
                )
                steps[position] = ended
                self._listener.background_ended(
                    self._context.workflow, self._context.run, ended
                )

    def _attempt_with_reruns(
        self, step: Step, place: StepPlace, output: StepOutput
    ) -> Outcome:
        """Run the step, and rerun it after a failure up to `max_auto_reruns` times."""
        reruns = int(step.arguments.get("max_auto_reruns", 0))
        delay = read_duration(str(step.arguments.get("auto_rerun_delay", "0s")))
        outcome = self._attempt(step, place, output)
        for number in range(1, reruns + 1):
            if _judge(outcome) != "failed":
                break
            output.say(f"The step failed: automatic rerun {number} of {reruns}.")
            if not self._wait(delay):
                return Outcome(1, "canceled", 0.0)
            outcome = self._attempt(step, place, output)
        return outcome

    def _wait(self, seconds: float) -> bool:
        """Wait for `seconds`; returns False at once if the user interrupts."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._context.interrupt.pressed:
            time.sleep(_TICK_SECONDS)
        return not self._context.interrupt.pressed

    def _attempt(self, step: Step, place: StepPlace, output: StepOutput) -> Outcome:
        context = self._context.with_output(output)
        try:
            self._inject_failure(place)
            if runs_a_command(step.kind):
                return run_command(step, context)
            BUILT_IN[step.kind](step, context)
        except (StepFailure, OSError) as error:
            output.say(f"error: {error}")
            pressed = context.interrupt.pressed
            return Outcome(1, "canceled" if pressed else "exited", 0.0)
        return Outcome(0, "exited", 0.0)

    def _inject_failure(self, place: StepPlace) -> None:
        """Raise `StepFailure` if `--fail` applies to this step."""
        context = self._context
        for failure in context.faults.failures:
            if failure.hits(context.run.name, context.step_names, place.number):
                context.hits.add(failure)
                raise StepFailure("this step was made to fail (--fail)")


def _judge(outcome: Outcome) -> StepStatus:
    if outcome.reason == "canceled":
        return "canceled"
    if outcome.reason == "silent":
        return "timed out"
    return "success" if outcome.exit_code == 0 else "failed"
