"""Prepares each job of a workflow, its environment and folder, and runs it."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.config import Job, WorkflowJob
from rehearsal.faults import FaultPlan
from rehearsal.plan.reruns import Assumptions
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


@dataclass
class Settings:
    """What surrounds the jobs; it may change between workflows.

    `contexts` maps a context's name to its variables; `services` are the variables
    that the stand-ins need in every job.
    """

    project: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, dict[str, str]] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)
    faults: FaultPlan = field(default_factory=FaultPlan)


@dataclass(frozen=True)
class JobRunner:
    """Runs the jobs of one pipeline's workflows."""

    pipeline: Pipeline
    folder: RehearsalFolder
    stores: Stores
    settings: Settings
    listener: Listener
    interrupt: Interrupt

    def run(
        self,
        workflow: WorkflowRun,
        place: WorkflowJob,
        job_run: JobRun,
        upstream: Mapping[str, frozenset[str]],
    ) -> JobStatus:
        """Run a job on each of its nodes; an approval is given without asking."""
        if place.job is None:
            return "success"
        nodes = [
            self._prepare(workflow, place, place.job, job_run, upstream, index)
            for index in range(place.job.parallelism)
        ]
        try:
            with ThreadPoolExecutor(max_workers=len(nodes)) as pool:
                ended = set(pool.map(self._execute, nodes))
        except BaseException:
            # A defect of the rehearsal itself must not leave the other jobs running.
            self.interrupt.press()
            raise
        for status in ("failed", "canceled"):
            if status in ended:
                return status
        return "success"

    def _execute(self, context: JobContext) -> JobStatus:
        return JobExecution(context, self.listener).execute()

    def _prepare(
        self,
        workflow: WorkflowRun,
        place: WorkflowJob,
        job: Job,
        job_run: JobRun,
        upstream: Mapping[str, frozenset[str]],
        index: int,
    ) -> JobContext:
        folder = self.folder.next_job()
        secrets = self._secrets(place)
        node = (index, job.parallelism)
        env = {
            **machine_environment(folder, self._npm_cache(), f"{folder.root}/"),
            **self.settings.services,
            **secrets,
            **circleci_environment(self.pipeline, workflow, job_run, node),
            **job.environment,
            "CIRCLE_WORKING_DIRECTORY": job.working_directory,
            "DTE_REHEARSAL_HALT": str(folder.temporary / "halt"),
        }
        return JobContext(
            job=job,
            run=job_run,
            workflow=workflow,
            pipeline=self.pipeline,
            folder=folder,
            env=env,
            secrets=secrets,
            upstream=upstream,
            stores=self.stores,
            assumptions=self.settings.assumptions,
            faults=self.settings.faults,
            interrupt=Interrupt(self.interrupt),
            say=lambda _line: None,
        )

    def _secrets(self, place: WorkflowJob) -> dict[str, str]:
        secrets = dict(self.settings.project)
        for context in place.contexts:
            secrets |= self.settings.contexts.get(context, {})
        return secrets

    def _npm_cache(self) -> Path:
        # The only thing that jobs share with the desk: downloads, checked by npm.
        shared = os.environ.get("npm_config_cache")  # noqa: SIM112
        return Path(shared) if shared else self.folder.place("npm")
