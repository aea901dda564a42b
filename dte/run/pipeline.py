"""One pipeline: the first run of its workflow, and every rerun of it."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dte.errors import UserError
from dte.model import Workflow, WorkflowJob
from dte.plan.reruns import (
    Assumptions,
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

FIRST_RUN = "first run"
SETUP = "setup workflow"
AUTOMATIC = "automatic rerun from failed"


@dataclass(frozen=True)
class PreparedWorkflow:
    """A new workflow whose jobs aren't running yet, and the plan for its jobs."""

    workflow: RehearsedWorkflow
    plan: tuple[PlannedJob, ...]


class RehearsedPipeline:
    """Runs one workflow of one pipeline, and reruns it.

    `workflows` contains the first run and its reruns, in order. `continued` says
    whether a setup workflow has continued the pipeline. `document` is the processed
    configuration.
    """

    def __init__(
        self,
        compiled: Workflow,
        jobs: Sequence[WorkflowJob],
        runner: JobRunner,
        document: Mapping[str, Any],
    ) -> None:
        self.workflows: list[RehearsedWorkflow] = []
        self.continued = False
        self.identity = runner.identity
        self.created_at = time.time()
        self.compiled = compiled
        self.document = document
        self._runner = runner
        project = runner.identity.project
        self.jobs = jobs
        if not self.jobs:
            raise UserError(
                f"the filters of the workflow {compiled.name} exclude all its jobs for "
                f"{project.tag or project.branch}"
            )

    @property
    def assumptions(self) -> Assumptions:
        """The assumptions of the rehearsal."""
        return self._runner.settings.assumptions

    def run(self) -> RehearsedWorkflow:
        """Run the workflow, and then its automatic reruns.

        Source: CircleCI docs, "Automatic reruns": `max_auto_reruns` reruns from failed;
        a manual rerun never triggers an automatic one.
        """
        new_id = str(uuid.uuid4())
        in_setup = bool(self.identity.continuation_key)
        workflow = RehearsedWorkflow(
            new_id,
            self.compiled.name,
            new_id,
            SETUP if in_setup else FIRST_RUN,
            "setup" if in_setup else "",
            time.time(),
            next(self._runner.settings.numbers),
        )
        plan = plan_first_run(self.jobs)
        workflow.jobs = create_job_runs(plan, None, self._next_number())
        self.workflows.append(workflow)
        self.execute(PreparedWorkflow(workflow, plan))
        for number in range(1, self.compiled.max_auto_reruns + 1):
            if workflow.status != "failed" or self._runner.interrupt.pressed:
                break
            workflow = self.execute(self._prepare_automatic(workflow, number))
        return workflow

    def rerun(
        self, rerun: Rerun, before: RehearsedWorkflow | None = None
    ) -> RehearsedWorkflow:
        """Rerun `before`, by default the last workflow."""
        return self.execute(self.prepare(rerun, before or self.workflows[-1]))

    def prepare(
        self, rerun: Rerun, before: RehearsedWorkflow, *, through_api: bool = False
    ) -> PreparedWorkflow:
        """Create the workflow of a rerun of `before`, without running its jobs."""
        statuses = {name: job.status for name, job in before.jobs.items()}
        _refuse_impossible(rerun, statuses)
        assumptions = self.assumptions
        plan = plan_rerun(self.jobs, rerun, statuses, assumptions)
        new_id = str(uuid.uuid4())
        fresh = (
            rerun.kind is RerunKind.FROM_START
            and not assumptions.from_start_keeps_workspace
        )
        workflow = RehearsedWorkflow(
            new_id,
            self.compiled.name,
            new_id if fresh else before.workspace_id,
            rerun.kind.value,
            rerun.tag if assumptions.api_reruns_have_tags or not through_api else "",
            time.time(),
            next(self._runner.settings.numbers),
        )
        workflow.jobs = create_job_runs(plan, before, self._next_number())
        self.workflows.append(workflow)
        return PreparedWorkflow(workflow, plan)

    def execute(self, prepared: PreparedWorkflow) -> RehearsedWorkflow:
        """Run the jobs of a prepared workflow."""

        def execute_job(
            job: WorkflowJob, job_run: JobRun, upstream: Mapping[str, frozenset[str]]
        ) -> JobStatus:
            return self._runner.run(prepared.workflow, job, job_run, upstream)

        WorkflowExecution(
            prepared.workflow,
            prepared.plan,
            execute_job,
            self._runner.listener,
            max_jobs=self._runner.settings.max_jobs,
        ).execute()
        return prepared.workflow

    def _prepare_automatic(
        self, before: RehearsedWorkflow, number: int
    ) -> PreparedWorkflow:
        prepared = self.prepare(Rerun(RerunKind.FROM_FAILED), before)
        prepared.workflow.kind = AUTOMATIC
        prepared.workflow.auto_rerun_number = number
        return prepared

    def _next_number(self) -> int:
        return 1 + sum(len(workflow.jobs) for workflow in self.workflows)


def _refuse_impossible(rerun: Rerun, statuses: Mapping[str, str]) -> None:
    refuse_unknown_jobs(rerun, statuses)
    failed = {"failed", "canceled"} & set(statuses.values())
    if rerun.kind is RerunKind.FROM_FAILED and not failed:
        raise UserError(
            "no job of the last workflow failed, so CircleCI offers no rerun from "
            "failed",
            suggestions=["rerun from start instead"],
        )
