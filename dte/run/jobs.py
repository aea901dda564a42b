"""Prepares the environment and folder of each job, and runs the job."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from dte.model import Job, WorkflowJob
from dte.order.faults import Failure, FaultPlan, Kill
from dte.plan.reruns import Assumptions
from dte.run.context import JobContext, Stores
from dte.run.environment import (
    PipelineIdentity,
    circleci_environment,
    machine_environment,
)
from dte.run.folders import RehearsalFolder
from dte.run.interrupt import Interrupt
from dte.run.job import JobExecution
from dte.run.listener import Listener
from dte.run.logs import StepLogs
from dte.run.redact import list_secrets
from dte.run.results import JobRun, JobStatus, RehearsedWorkflow
from dte.run.starter import Starter

_NX_TIMEOUTS = ("NX_CLOUD_AGENT_TIMEOUT_MS", "NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS")


@dataclass
class Settings:
    """The settings of jobs, which may change between workflows.

    `hits` are the faults that have taken effect; `numbers` counts the workflows.
    `contexts` maps a context's name to its variables; `services` are the variables
    that connect a job to the stand-ins.
    """

    project: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, dict[str, str]] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)
    faults: FaultPlan = field(default_factory=FaultPlan)
    hits: set[Failure | Kill] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    time_limit: float | None = None
    size_limit: int | None = None
    max_jobs: int | None = None


@dataclass(frozen=True)
class JobRunner:
    """Runs the jobs of one pipeline's workflows."""

    identity: PipelineIdentity
    folder: RehearsalFolder
    stores: Stores
    settings: Settings
    listener: Listener
    interrupt: Interrupt
    logs: StepLogs
    starter: Starter

    def run(
        self,
        workflow: RehearsedWorkflow,
        workflow_job: WorkflowJob,
        job_run: JobRun,
        upstream: Mapping[str, frozenset[str]],
    ) -> JobStatus:
        """Run a job on each of its machines; an approval passes automatically."""
        if workflow_job.job is None:
            return "success"
        job_run.machines = workflow_job.job.parallelism
        nodes = [
            self._prepare(
                workflow, workflow_job, workflow_job.job, job_run, upstream, index
            )
            for index in range(workflow_job.job.parallelism)
        ]
        try:
            with ThreadPoolExecutor(max_workers=len(nodes)) as pool:
                ended = set(pool.map(self._execute, nodes))
        except BaseException:
            # A defect of dte must not leave the other jobs running.
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
        workflow: RehearsedWorkflow,
        workflow_job: WorkflowJob,
        job: Job,
        job_run: JobRun,
        upstream: Mapping[str, frozenset[str]],
        index: int,
    ) -> JobContext:
        folder = self.folder.next_job()
        secrets = self._secrets(workflow_job)
        node = (index, job.parallelism)
        env = {
            **machine_environment(folder, self._npm_cache(), f"{folder.root}/"),
            **self.settings.services,
            **secrets,
            **circleci_environment(self.identity, workflow, job_run, node),
            **job.environment,
            "CIRCLE_WORKING_DIRECTORY": job.working_directory,
            "DTE_REHEARSAL_HALT": str(folder.temporary / "halt"),
            **self._limit_nx(),
        }
        return JobContext(
            job=job,
            run=job_run,
            workflow=workflow,
            identity=self.identity,
            folder=folder,
            env=env,
            secrets=list_secrets([*secrets.values(), self.identity.continuation_key]),
            upstream=upstream,
            stores=self.stores,
            assumptions=self.settings.assumptions,
            faults=self.settings.faults,
            hits=self.settings.hits,
            interrupt=Interrupt(self.interrupt),
            logs=self.logs,
            starter=self.starter,
            machine=index,
            time_limit=self.settings.time_limit,
            size_limit=self.settings.size_limit,
        )

    def _limit_nx(self) -> dict[str, str]:
        """Return Nx's timeout variables, set to `--time-limit`; {} without a limit."""
        if self.settings.time_limit is None:
            return {}
        milliseconds = str(round(self.settings.time_limit * 1000))
        return dict.fromkeys(_NX_TIMEOUTS, milliseconds)

    def _secrets(self, workflow_job: WorkflowJob) -> dict[str, str]:
        secrets = dict(self.settings.project)
        for context in workflow_job.contexts:
            secrets |= self.settings.contexts.get(context, {})
        return secrets

    def _npm_cache(self) -> Path:
        # The only folder that jobs share with the user; npm verifies the files in it.
        shared = os.environ.get("npm_config_cache")  # noqa: SIM112
        return Path(shared) if shared else self.folder.subfolder("npm")
