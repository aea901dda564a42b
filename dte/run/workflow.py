"""Runs one workflow: starts each job when its requirements are met.

Source: CircleCI docs, Configuration reference, `requires`: a job starts when each
required job has one of the listed statuses, by default `success`; `terminal` is any
final status. A job whose requirements can't be met is not run.
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from dte.model import FINAL_JOB_STATUSES, WorkflowJob
from dte.plan.graph import find_upstream
from dte.plan.reruns import PlannedJob
from dte.run.listener import Listener
from dte.run.results import JobRun, JobStatus, RehearsedWorkflow, judge_workflow

_TICK_SECONDS = 0.2
Execute = Callable[[WorkflowJob, JobRun, Mapping[str, frozenset[str]]], JobStatus]


class WorkflowExecution:
    """Runs the planned jobs in parallel; the function `execute` runs a single job."""

    def __init__(
        self,
        workflow: RehearsedWorkflow,
        plan: Sequence[PlannedJob],
        execute: Execute,
        listener: Listener,
        *,
        max_jobs: int | None = None,
    ) -> None:
        self._workflow = workflow
        self._plan = {planned.job.name: planned for planned in plan}
        self._execute = execute
        self._listener = listener
        self._max_jobs = max_jobs or max(len(plan), 1)
        self._upstream = find_upstream([planned.job for planned in plan])
        self._futures: dict[Future[JobStatus], str] = {}

    def execute(self) -> None:
        """Run all jobs; their results are stored in the `RehearsedWorkflow`."""
        started = time.monotonic()
        self._listener.workflow_started(self._workflow)
        with ThreadPoolExecutor(max_workers=self._max_jobs) as pool:
            self._start_ready(pool)
            while self._futures:
                # Python runs the handler of a signal only when this thread wakes, and
                # a signal that another thread receives doesn't wake it.
                done, _ = wait(self._futures, _TICK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    self._end(self._futures.pop(future), future.result())
                self._start_ready(pool)
        self._workflow.seconds = time.monotonic() - started
        self._workflow.status = judge_workflow(self._workflow.jobs)
        self._listener.workflow_ended(self._workflow)

    def _start_ready(self, pool: ThreadPoolExecutor) -> None:
        while any(self._start_if_ready(name, pool) for name in self._plan):
            pass

    def _start_if_ready(self, name: str, pool: ThreadPoolExecutor) -> bool:
        """Start the job if it is ready; returns whether its status changed."""
        job = self._workflow.jobs[name]
        planned = self._plan[name]
        if job.status != "blocked":
            return False
        needs = [
            (self._workflow.jobs[need.job].status, need.statuses)
            for need in planned.job.requires
        ]
        if any(status not in FINAL_JOB_STATUSES for status, _ in needs):
            return False
        if not all(
            status in wanted or "terminal" in wanted for status, wanted in needs
        ):
            self._end(name, "not_run")
            return True
        if len(self._futures) >= self._max_jobs:
            return False
        self._start(planned, job, pool)
        return True

    def _start(
        self, planned: PlannedJob, job: JobRun, pool: ThreadPoolExecutor
    ) -> None:
        job.status = "running"
        job.started_at = time.time()
        self._listener.job_started(self._workflow, job)
        names = self._upstream[job.name]
        upstream = {name: self._upstream[name] for name in names}
        future = pool.submit(self._execute, planned.job, job, upstream)
        self._futures[future] = job.name

    def _end(self, name: str, status: JobStatus) -> None:
        job = self._workflow.jobs[name]
        if job.started_at is not None:
            job.seconds = time.time() - job.started_at
        job.status = status
        self._listener.job_ended(self._workflow, job)


def create_job_runs(
    plan: Sequence[PlannedJob], before: RehearsedWorkflow | None, number: int
) -> dict[str, JobRun]:
    """Return the initial state of every planned job, numbered from `number`.

    A job that doesn't run keeps its result from `before`.
    """
    jobs = {}
    for planned in plan:
        earlier = before.jobs.get(planned.job.name) if before else None
        if planned.runs or earlier is None or before is None:
            status: JobStatus = "blocked" if planned.runs else "not_run"
            jobs[planned.job.name] = JobRun(
                planned.job.name, str(uuid.uuid4()), number, planned.why, status
            )
            number += 1
        else:
            origin = earlier.carried_from or before.id
            jobs[planned.job.name] = JobRun(
                earlier.name,
                earlier.id,
                earlier.number,
                planned.why,
                earlier.status,
                carried_from=origin,
                machines=earlier.machines,
            )
    return jobs
