"""One pipeline: the first run of its workflow, and every rerun of it."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from dte.errors import UserError
from dte.model import Workflow, WorkflowJob
from dte.plan.filters import select_jobs
from dte.plan.reruns import (
    PlannedJob,
    Rerun,
    RerunKind,
    plan_first_run,
    plan_rerun,
    refuse_unknown_jobs,
)
from dte.run.jobs import JobRunner
from dte.run.results import JobRun, JobStatus, RehearsedWorkflow
from dte.run.workflow import WorkflowExecution, create_job_runs

_TAGS = {
    RerunKind.FROM_START: "rerun-workflow-from-beginning",
    RerunKind.FROM_FAILED: "rerun-workflow-from-failed",
    RerunKind.JOBS: "rerun-single-job",
}
AUTOMATIC = "automatic rerun from failed"


@dataclass(frozen=True)
class PreparedRun:
    """A workflow that was started and whose jobs don't run yet."""

    run: RehearsedWorkflow
    plan: tuple[PlannedJob, ...]


class RehearsedPipeline:
    """Runs one workflow of one pipeline, and reruns it; `runs` are in order."""

    def __init__(self, workflow: Workflow, runner: JobRunner) -> None:
        self.runs: list[RehearsedWorkflow] = []
        self.pipeline = runner.pipeline
        self.created_at = time.time()
        self._workflow = workflow
        self._runner = runner
        project = runner.pipeline.project
        self.jobs = select_jobs(workflow.jobs, branch=project.branch, tag=project.tag)
        if not self.jobs:
            raise UserError(
                f"the filters of {workflow.name} leave no job for "
                f"{project.tag or project.branch}"
            )

    def run(self) -> RehearsedWorkflow:
        """The first run of the workflow, and the automatic reruns that it asks for.

        Source: CircleCI docs, "Automatic reruns": `max_auto_reruns` reruns from
        failed; a rerun that somebody pressed never triggers it.
        """
        new_id = str(uuid.uuid4())
        run = RehearsedWorkflow(
            new_id, self._workflow.name, new_id, "first run", "", time.time()
        )
        plan = plan_first_run(self.jobs)
        run.jobs = create_job_runs(plan, None, self._next_number())
        self.runs.append(run)
        self.execute(PreparedRun(run, plan))
        for number in range(1, self._workflow.max_auto_reruns + 1):
            if run.status != "failed" or self._runner.interrupt.pressed:
                break
            run = self.execute(self._prepare_automatic(run, number))
        return run

    def rerun(
        self, rerun: Rerun, before: RehearsedWorkflow | None = None
    ) -> RehearsedWorkflow:
        """Press Rerun on `before`, by default the last workflow, and run it."""
        return self.execute(self.prepare(rerun, before or self.runs[-1]))

    def prepare(self, rerun: Rerun, before: RehearsedWorkflow) -> PreparedRun:
        """Start a rerun of `before` without running its jobs yet."""
        statuses = {name: job.status for name, job in before.jobs.items()}
        _refuse_senseless(rerun, statuses)
        assumptions = self._runner.settings.assumptions
        plan = plan_rerun(self.jobs, rerun, statuses, assumptions)
        new_id = str(uuid.uuid4())
        fresh = (
            rerun.kind is RerunKind.FROM_START
            and not assumptions.from_start_keeps_workspace
        )
        run = RehearsedWorkflow(
            new_id,
            self._workflow.name,
            new_id if fresh else before.workspace_id,
            rerun.kind.value,
            _TAGS[rerun.kind],
            time.time(),
        )
        run.jobs = create_job_runs(plan, before, self._next_number())
        self.runs.append(run)
        return PreparedRun(run, plan)

    def execute(self, prepared: PreparedRun) -> RehearsedWorkflow:
        """Run the jobs of a workflow that was started."""

        def execute_job(
            job: WorkflowJob, job_run: JobRun, upstream: Mapping[str, frozenset[str]]
        ) -> JobStatus:
            return self._runner.run(prepared.run, job, job_run, upstream)

        WorkflowExecution(
            prepared.run, prepared.plan, execute_job, self._runner.listener
        ).execute()
        return prepared.run

    def _prepare_automatic(self, before: RehearsedWorkflow, number: int) -> PreparedRun:
        prepared = self.prepare(Rerun(RerunKind.FROM_FAILED), before)
        prepared.run.kind = AUTOMATIC
        prepared.run.auto_rerun_number = number
        return prepared

    def _next_number(self) -> int:
        return 1 + sum(len(run.jobs) for run in self.runs)


def _refuse_senseless(rerun: Rerun, statuses: Mapping[str, str]) -> None:
    refuse_unknown_jobs(rerun, statuses)
    failed = {"failed", "canceled"} & set(statuses.values())
    if rerun.kind is RerunKind.FROM_FAILED and not failed:
        raise UserError(
            "no job of the last workflow failed, so CircleCI offers no rerun from "
            "failed",
            suggestions=["rerun from start instead"],
        )
