"""Receives the events of a running workflow."""

from collections.abc import Sequence

from dte.run.results import JobRun, RehearsedWorkflow, StepPlace, StepResult


class Listener:
    """Ignores every event; subclasses override those that they need.

    The jobs' threads call it, so a subclass has to lock what it shares.
    """

    def note(self, text: str) -> None:
        """The rehearsal has a note for the user."""

    def cleaning_up(self, text: str) -> None:
        """The rehearsal is over; the text says what is removed."""

    def workflow_started(self, workflow: RehearsedWorkflow) -> None:
        """A workflow starts."""

    def job_started(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """A job starts."""

    def step_started(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepPlace
    ) -> None:
        """A step starts."""

    def printed(
        self,
        workflow: RehearsedWorkflow,
        job: JobRun,
        step: StepPlace,
        lines: Sequence[str],
    ) -> None:
        """A step printed these lines, which arrived together."""

    def step_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """A step ended, or was skipped."""

    def background_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """A background step ended; it has no exit code if it ended with its job."""

    def job_ended(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """A job ended, or was not run."""

    def workflow_ended(self, workflow: RehearsedWorkflow) -> None:
        """A workflow has ended."""
