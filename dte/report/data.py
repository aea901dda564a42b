"""The report as plain data, which the tables, `--json` and `--report` show."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dte.nx_cloud import TaskExecution
from dte.run.environment import PipelineIdentity
from dte.run.results import JobRun, RehearsedWorkflow, StepResult

SCHEMA = 1


@dataclass(frozen=True)
class StepReport:
    """One step on one machine.

    `exit_code` is None for a skipped step, and for a background step that was still
    running when its job ended. `lines` is the number of lines of its output, and
    `last_lines` contains the last of these lines. `log` is the path of the log file, or
    empty without log files.
    """

    machine: int
    number: int
    name: str
    status: str
    started_at: float
    seconds: float
    exit_code: int | None
    lines: int
    last_lines: tuple[str, ...]
    log: str


@dataclass(frozen=True)
class JobReport:
    """One job in one workflow; times are in seconds, `started_at` since 1970.

    `machines` is the job's parallelism. `lost` is True if `--kill` removed a machine.
    """

    name: str
    status: str
    ran: bool
    why: str
    seconds: float
    failed_step: str
    failed_after: float
    exit_code: int | None = None
    machines: int = 1
    lost: bool = False
    started_at: float | None = None
    steps: tuple[StepReport, ...] = ()

    @property
    def failed(self) -> StepReport | None:
        """The first step that failed, or None."""
        return next(
            (step for step in self.steps if step.status in ("failed", "timed out")),
            None,
        )


@dataclass(frozen=True)
class RunReport:
    """One workflow; `attempt` is 0 if the workflow recorded no attempt."""

    id: str
    pipeline: int
    branch: str
    revision: str
    kind: str
    status: str
    attempt: int
    seconds: float
    jobs: tuple[JobReport, ...]
    started_at: float = 0.0


@dataclass(frozen=True)
class Report:
    """All workflows of a rehearsal, and the tasks that Nx ran, in order.

    `missed_faults` are the `--fail` and `--kill` options without effect, `logs` is the
    folder of the log files, and `error` is the message that ended the rehearsal early.
    """

    runs: tuple[RunReport, ...]
    tasks: tuple[TaskExecution, ...]
    notes: tuple[str, ...]
    not_rehearsed: tuple[str, ...]
    interrupted: bool
    missed_faults: tuple[str, ...] = ()
    logs: str = ""
    error: str = ""

    def as_json(self, *, verdict: str = "") -> str:
        """Return the report as JSON, in the schema `dte/report/schema.json`."""
        return json.dumps(
            {"schema": SCHEMA, "verdict": verdict, **asdict(self)}, indent=2
        )


def report_workflow(
    identity: PipelineIdentity, workflow: RehearsedWorkflow, artifacts: Path
) -> RunReport:
    """Return the report on one workflow.

    The attempt comes from the record that the workflow stored as an artifact.
    """
    project = identity.project
    return RunReport(
        workflow.id,
        identity.number,
        project.branch or project.tag,
        project.revision,
        workflow.kind,
        workflow.status,
        find_attempt(workflow, artifacts),
        round(workflow.seconds, 3),
        tuple(report_job(job) for job in workflow.jobs.values()),
        round(workflow.created_at, 3),
    )


def report_job(job: JobRun) -> JobReport:
    """Return the report on one job, with the step that failed and its duration."""
    failed = job.failed_step
    steps = sorted(job.steps, key=lambda step: (step.machine, step.number))
    return JobReport(
        job.name,
        job.status,
        not job.carried_from and job.started_at is not None,
        job.why,
        round(job.seconds, 3),
        failed.name if failed else "",
        round(failed.seconds, 3) if failed else 0.0,
        exit_code=failed.exit_code if failed else None,
        machines=job.machines,
        lost=job.lost,
        started_at=job.started_at,
        steps=tuple(report_step(step) for step in steps),
    )


def report_step(step: StepResult) -> StepReport:
    """Return the report on one step."""
    return StepReport(
        step.machine,
        step.number,
        step.name,
        step.status,
        round(step.started_at, 3),
        round(step.seconds, 3),
        step.exit_code,
        step.lines,
        step.tail,
        step.log,
    )


def find_attempt(workflow: RehearsedWorkflow, artifacts: Path) -> int:
    """Return the attempt number from the record in the workflow's artifacts, or 0."""
    folder = artifacts / workflow.id
    paths: Sequence[Path] = sorted(folder.glob(f"*/dte/{workflow.id}.json"))
    if not paths:
        return 0
    record: Any = json.loads(paths[0].read_text(encoding="utf-8"))
    return int(record["attempt"])
