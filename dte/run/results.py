"""The results of a run, as data for the plan of a rerun and for the report."""

from dataclasses import dataclass, field
from typing import Literal

JobStatus = Literal["success", "failed", "canceled", "not_run", "blocked", "running"]
StepStatus = Literal["success", "failed", "skipped", "timed out", "canceled"]


class StepFailure(Exception):
    """A failure of a built-in step; the message goes into the job's log."""


@dataclass(frozen=True)
class StepResult:
    """One step that ran or was skipped; `tail` contains its last lines of output."""

    name: str
    status: StepStatus
    seconds: float
    exit_code: int | None
    tail: tuple[str, ...] = ()


@dataclass
class JobRun:
    """One job in one workflow; `carried_from` is the earlier workflow that ran it."""

    name: str
    id: str
    number: int
    why: str
    status: JobStatus = "blocked"
    started_at: float | None = None
    seconds: float = 0.0
    carried_from: str = ""
    steps: list[StepResult] = field(default_factory=list)
    artifacts: list[str] = field(default_factory=list)

    @property
    def failed_step(self) -> StepResult | None:
        """The first step that failed, or None."""
        return next(
            (step for step in self.steps if step.status in ("failed", "timed out")),
            None,
        )


@dataclass
class RehearsedWorkflow:
    """One workflow: the first run, or a rerun, which is a workflow of its own."""

    id: str
    name: str
    workspace_id: str
    kind: str
    tag: str
    created_at: float
    jobs: dict[str, JobRun] = field(default_factory=dict)
    auto_rerun_number: int = 0
    status: str = "running"
    seconds: float = 0.0


def judge_workflow(jobs: dict[str, JobRun]) -> str:
    """The workflow's status, as the API names it, from the statuses of its jobs.

    A job that was not run because of its requirements doesn't fail the workflow.
    """
    statuses = {job.status for job in jobs.values()}
    for status in ("failed", "canceled"):
        if status in statuses:
            return status
    return "success"
