"""Who is told what happens while a workflow runs."""

from typing import Protocol

from rehearsal.run.results import JobRun, StepResult, WorkflowRun


class Listener(Protocol):
    """Called from the jobs' threads; an implementation has to lock what it shares."""

    def note(self, text: str) -> None:
        """Something that a person should know before the first job."""

    def workflow_started(self, workflow: WorkflowRun) -> None:
        """A workflow begins."""

    def job_started(self, workflow: WorkflowRun, job: JobRun) -> None:
        """A job begins."""

    def line(self, workflow: WorkflowRun, job: JobRun, step: str, line: str) -> None:
        """A step printed a line."""

    def step_ended(self, workflow: WorkflowRun, job: JobRun, step: StepResult) -> None:
        """A step ended, or was skipped."""

    def job_ended(self, workflow: WorkflowRun, job: JobRun) -> None:
        """A job ended, was carried over, or is not to run."""

    def workflow_ended(self, workflow: WorkflowRun) -> None:
        """A workflow has ended."""


class Silence:
    """The listener that says nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def workflow_started(self, workflow: WorkflowRun) -> None:
        """Say nothing."""

    def job_started(self, workflow: WorkflowRun, job: JobRun) -> None:
        """Say nothing."""

    def line(self, workflow: WorkflowRun, job: JobRun, step: str, line: str) -> None:
        """Say nothing."""

    def step_ended(self, workflow: WorkflowRun, job: JobRun, step: StepResult) -> None:
        """Say nothing."""

    def job_ended(self, workflow: WorkflowRun, job: JobRun) -> None:
        """Say nothing."""

    def workflow_ended(self, workflow: WorkflowRun) -> None:
        """Say nothing."""
