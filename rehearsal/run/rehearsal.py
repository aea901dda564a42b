"""A whole rehearsal: one pipeline, its first workflow, and every press of Rerun."""

import os
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.config import Workflow, WorkflowJob
from rehearsal.errors import UserError
from rehearsal.plan.filters import select_jobs
from rehearsal.plan.reruns import (
    Assumptions,
    PlannedJob,
    Rerun,
    RerunKind,
    plan_first_run,
    plan_rerun,
)
from rehearsal.run.context import JobContext, Stores
from rehearsal.run.environment import (
    Pipeline,
    circleci_environment,
    machine_environment,
)
from rehearsal.run.folders import RehearsalFolder
from rehearsal.run.interrupt import Interrupt
from rehearsal.run.job import JobExecution
from rehearsal.run.listener import Listener
from rehearsal.run.results import JobRun, JobStatus, WorkflowRun
from rehearsal.run.workflow import WorkflowExecution, create_job_runs

_TAGS = {
    RerunKind.FROM_START: "rerun-workflow-from-beginning",
    RerunKind.FROM_FAILED: "rerun-workflow-from-failed",
    RerunKind.JOBS: "rerun-single-job",
}


@dataclass
class Settings:
    """What surrounds the jobs; project and context variables may change between runs.

    `contexts` maps a context's name to its variables; `services` are the variables
    that the stand-ins need in every job.
    """

    project: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, dict[str, str]] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)


class Rehearsal:
    """Runs one workflow of one pipeline, and reruns it; `runs` are in order."""

    def __init__(
        self,
        workflow: Workflow,
        pipeline: Pipeline,
        folder: RehearsalFolder,
        stores: Stores,
        *,
        settings: Settings,
        listener: Listener,
        interrupt: Interrupt,
    ) -> None:
        self.runs: list[WorkflowRun] = []
        self.settings = settings
        self._workflow = workflow
        self.pipeline = pipeline
        self.created_at = time.time()
        self._folder = folder
        self._stores = stores
        self._listener = listener
        self._interrupt = interrupt
        project = pipeline.project
        self._jobs = select_jobs(workflow.jobs, branch=project.branch, tag=project.tag)

    def run(self) -> WorkflowRun:
        """The first run of the workflow."""
        new_id = str(uuid.uuid4())
        run = WorkflowRun(
            new_id, self._workflow.name, new_id, "first run", "", time.time()
        )
        return self._execute(run, plan_first_run(self._jobs), None)

    def rerun(self, rerun: Rerun, before: WorkflowRun | None = None) -> WorkflowRun:
        """Press Rerun on `before`, by default the last workflow."""
        before = before or self.runs[-1]
        statuses = {name: job.status for name, job in before.jobs.items()}
        self._refuse_senseless(rerun, statuses)
        assumptions = self.settings.assumptions
        plan = plan_rerun(self._jobs, rerun, statuses, assumptions)
        new_id = str(uuid.uuid4())
        fresh = (
            rerun.kind is RerunKind.FROM_START
            and not assumptions.from_start_keeps_workspace
        )
        run = WorkflowRun(
            new_id,
            self._workflow.name,
            new_id if fresh else before.workspace_id,
            rerun.kind.value,
            _TAGS[rerun.kind],
            time.time(),
        )
        return self._execute(run, plan, before)

    def _refuse_senseless(self, rerun: Rerun, statuses: Mapping[str, str]) -> None:
        if unknown := sorted(rerun.jobs - set(statuses)):
            raise UserError(
                f"there is no job {unknown[0]} to rerun",
                suggestions=["it has: " + ", ".join(statuses)],
            )
        failed = {"failed", "canceled"} & set(statuses.values())
        if rerun.kind is RerunKind.FROM_FAILED and not failed:
            raise UserError(
                "no job of the last workflow failed, so CircleCI offers no rerun from "
                "failed",
                suggestions=["rerun from start instead"],
            )

    def _execute(
        self,
        run: WorkflowRun,
        plan: tuple[PlannedJob, ...],
        before: WorkflowRun | None,
    ) -> WorkflowRun:
        number = 1 + sum(len(earlier.jobs) for earlier in self.runs)
        run.jobs = create_job_runs(plan, before, number)
        self.runs.append(run)

        def execute(
            job: WorkflowJob, job_run: JobRun, upstream: Mapping[str, frozenset[str]]
        ) -> JobStatus:
            return self._execute_job(run, job, job_run, upstream)

        WorkflowExecution(run, plan, execute, self._listener).execute()
        return run

    def _execute_job(
        self,
        run: WorkflowRun,
        place: WorkflowJob,
        job_run: JobRun,
        upstream: Mapping[str, frozenset[str]],
    ) -> JobStatus:
        if place.job is None:
            return "success"
        total = place.job.parallelism
        contexts = [
            self._context(run, place, job_run, upstream, (index, total))
            for index in range(total)
        ]
        try:
            with ThreadPoolExecutor(max_workers=total) as pool:
                ended = set(pool.map(self._execute_node, contexts))
        except BaseException:
            self._interrupt.press()
            raise
        for status in ("failed", "canceled"):
            if status in ended:
                return status
        return "success"

    def _execute_node(self, context: JobContext) -> JobStatus:
        return JobExecution(context, self._listener).execute()

    def _context(
        self,
        run: WorkflowRun,
        place: WorkflowJob,
        job_run: JobRun,
        upstream: Mapping[str, frozenset[str]],
        node: tuple[int, int],
    ) -> JobContext:
        assert place.job is not None
        folder = self._folder.next_job()
        secrets = dict(self.settings.project)
        for context in place.contexts:
            secrets |= self.settings.contexts.get(context, {})
        env = {
            **machine_environment(folder, self._npm_cache(), f"{folder.root}/"),
            **self.settings.services,
            **secrets,
            **circleci_environment(self.pipeline, run, job_run, node),
            **place.job.environment,
            "CIRCLE_WORKING_DIRECTORY": place.job.working_directory,
            "DTE_REHEARSAL_HALT": str(folder.temporary / "halt"),
        }
        return JobContext(
            job=place.job,
            run=job_run,
            workflow=run,
            pipeline=self.pipeline,
            folder=folder,
            env=env,
            secrets=secrets,
            upstream=upstream,
            stores=self._stores,
            assumptions=self.settings.assumptions,
            interrupt=self._interrupt,
            say=lambda _line: None,
        )

    def _npm_cache(self) -> Path:
        # The only thing that jobs share with the desk: downloads, checked by npm.
        shared = os.environ.get("npm_config_cache")
        return Path(shared) if shared else self._folder.place("npm")
