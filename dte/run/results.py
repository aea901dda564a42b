"""The results of a run, as data for the plan of a rerun and for the report."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

JobStatus = Literal["success", "failed", "canceled", "not_run", "blocked", "running"]
StepStatus = Literal["success", "failed", "skipped", "timed out", "canceled"]


class StepFailure(Exception):
    """A failure of a built-in step; the message goes into the job's log."""


class StepPlace(NamedTuple):
    """Identifies a step: its name, its number from 1, and the machine's index."""

    name: str
    number: int
    machine: int


@dataclass(frozen=True)
class StepResult:
    """One step that ran or was skipped.

    `tail` contains the step's last lines of output, and `lines` is the number of all
    its lines. `log` is the path of the log file, or empty without log files.
    """

    name: str
    status: StepStatus
    seconds: float
    exit_code: int | None
    tail: tuple[str, ...] = ()
    lines: int = 0
    number: int = 0
    machine: int = 0
    started_at: float = 0.0
    log: str = ""


@dataclass
class JobRun:
    """One job in one workflow; `carried_from` is the earlier workflow that ran it.

    `machines` is the job's parallelism. `lost` is True if `--kill` removed a machine.
    """

    name: str
    id: str
    number: int
    why: str
    status: JobStatus = "blocked"
    started_at: float | None = None
    seconds: float = 0.0
    carried_from: str = ""
    machines: int = 1
    lost: bool = False
    steps: list[StepResult] = field(default_factory=list)

    @property
    def failed_step(self) -> StepResult | None:
        """The first step that failed, or None."""
        return next(
            (step for step in self.steps if step.status in ("failed", "timed out")),
            None,
        )

    def name_machine(self, machine: int) -> str:
        """Return the job's name, with the machine's index if the job has several."""
        return f"{self.name} #{machine}" if self.machines > 1 else self.name


@dataclass
class RehearsedWorkflow:
    """One workflow: the first run, or a rerun, which is a new workflow.

    `number` counts the workflows of a rehearsal from 1.
    """

    id: str
    name: str
    workspace_id: str
    kind: str
    tag: str
    created_at: float
    number: int = 1
    jobs: dict[str, JobRun] = field(default_factory=dict)
    auto_rerun_number: int = 0
    status: str = "running"
    seconds: float = 0.0


def judge_workflow(jobs: dict[str, JobRun]) -> str:
    """Return the workflow's status, as the API names it, from the statuses of its jobs.

    A job that was not run because of its requirements doesn't fail the workflow.
    """
    statuses = {job.status for job in jobs.values()}
    for status in ("failed", "canceled"):
        if status in statuses:
            return status
    return "success"
