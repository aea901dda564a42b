"""Who is told what happens while a workflow runs."""

from dte.run.results import JobRun, RehearsedWorkflow, StepResult


class Listener:
    """Says nothing; others say what they override.

    Called from the jobs' threads, so an implementation has to lock what it shares.
    """

    def note(self, text: str) -> None:
        """Something that a person should know before the first job."""

    def workflow_started(self, workflow: RehearsedWorkflow) -> None:
        """A workflow begins."""

    def job_started(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """A job begins."""

    def line(
        self, workflow: RehearsedWorkflow, job: JobRun, step: str, line: str
    ) -> None:
        """A step printed a line."""

    def step_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """A step ended, or was skipped."""

    def job_ended(self, workflow: RehearsedWorkflow, job: JobRun) -> None:
        """A job ended, was carried over, or is not to run."""

    def workflow_ended(self, workflow: RehearsedWorkflow) -> None:
        """A workflow has ended."""
