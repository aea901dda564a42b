"""The report as plain data, which the tables and `--json` show."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dte.nx_cloud import TaskExecution
from dte.run.environment import PipelineIdentity
from dte.run.results import JobRun, RehearsedWorkflow


@dataclass(frozen=True)
class JobReport:
    """One job in one workflow; times in seconds."""

    name: str
    status: str
    ran: bool
    why: str
    seconds: float
    failed_step: str
    failed_after: float


@dataclass(frozen=True)
class RunReport:
    """One workflow; `attempt` is 0 if the workflow recorded none."""

    id: str
    pipeline: int
    branch: str
    revision: str
    kind: str
    status: str
    attempt: int
    seconds: float
    jobs: tuple[JobReport, ...]


@dataclass(frozen=True)
class Report:
    """All workflows of a rehearsal, and the tasks that Nx ran, in order."""

    runs: tuple[RunReport, ...]
    tasks: tuple[TaskExecution, ...]
    notes: tuple[str, ...]
    not_rehearsed: tuple[str, ...]
    interrupted: bool

    def as_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self), indent=2)


def report_workflow(
    identity: PipelineIdentity, workflow: RehearsedWorkflow, artifacts: Path
) -> RunReport:
    """The report on one workflow; the attempt comes from its record, an artifact."""
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
    )


def report_job(job: JobRun) -> JobReport:
    """The report on one job, with the step that failed and its duration."""
    failed = job.failed_step
    return JobReport(
        job.name,
        job.status,
        not job.carried_from and job.started_at is not None,
        job.why,
        round(job.seconds, 3),
        failed.name if failed else "",
        round(failed.seconds, 3) if failed else 0.0,
    )


def find_attempt(workflow: RehearsedWorkflow, artifacts: Path) -> int:
    """The attempt in the record that this workflow stored as an artifact, or 0."""
    paths: Sequence[Path] = sorted(
        (artifacts / workflow.id).glob(f"*/dte/{workflow.id}.json")
    )
    if not paths:
        return 0
    record: Any = json.loads(paths[0].read_text(encoding="utf-8"))
    return int(record["attempt"])
