"""Receives the events of a running workflow."""

from collections.abc import Sequence

from dte.run.results import JobRun, RehearsedWorkflow, StepPlace, StepResult


class Listener:
    """Ignores every event; subclasses override the methods that they need.

    Threads of several jobs call the methods, so a subclass has to lock shared data.
    """

    def note(self, text: str) -> None:
        """The rehearsal has a note for the user."""

    def cleaning_up(self, text: str) -> None:
        """The rehearsal is over; the text says which folder is removed."""

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
        """A background step ended; `exit_code` is None if the job's end stopped it."""

    def job_ended(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """A job ended, or was not run."""

    def workflow_ended(self, workflow: RehearsedWorkflow) -> None:
        """A workflow has ended."""
