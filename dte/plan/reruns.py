"""The kinds of rerun, and the jobs that each kind runs.

Source: CircleCI docs, "Automatic reruns" and API v2 (`POST /workflow/{id}/rerun`): a
rerun of any kind is a new workflow in the same pipeline; jobs that passed do not run
in a rerun from failed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dte.errors import UserError
from dte.model import WorkflowJob
from dte.plan.graph import find_downstream


class RerunKind(Enum):
    """The kinds of rerun; each value is the name that the report uses."""

    FROM_START = "rerun from start"
    FROM_FAILED = "rerun from failed"
    JOBS = "rerun of jobs"
    WITH_SSH = "rerun with SSH"


@dataclass(frozen=True)
class Rerun:
    """One rerun; `jobs` names the jobs to rerun if the kind is JOBS or WITH_SSH."""

    kind: RerunKind
    jobs: frozenset[str] = frozenset()

    @property
    def tag(self) -> str:
        """The tag of the new workflow in the API.

        Source: CircleCI's changelog, "Additional audit log details for workflow". The
        tag for a rerun of several jobs without `sparse_tree` is not documented.
        """
        if self.kind is RerunKind.JOBS and len(self.jobs) > 1:
            return "rerun-workflow-from-job-ids-sparse-tree"
        return {
            RerunKind.FROM_START: "rerun-workflow-from-beginning",
            RerunKind.FROM_FAILED: "rerun-workflow-from-failed",
            RerunKind.JOBS: "rerun-single-job",
            RerunKind.WITH_SSH: "rerun-single-job-with-ssh",
        }[self.kind]


@dataclass(frozen=True)
class Assumptions:
    """Assumptions where CircleCI's documentation is ambiguous; each can be flipped."""

    from_start_keeps_workspace: bool = field(
        default=True,
        metadata={"says": "a rerun from start keeps CIRCLE_WORKFLOW_WORKSPACE_ID"},
    )
    passed_downstream_reruns: bool = field(
        default=True,
        metadata={"says": "a passed job downstream of a failed one runs again"},
    )
    named_rerun_goes_on: bool = field(
        default=False,
        metadata={"says": "a rerun of named jobs also runs the jobs that require them"},
    )
    empty_attach_fails: bool = field(
        default=False,
        metadata={"says": "attaching an empty workspace fails the step"},
    )
    api_reruns_have_tags: bool = field(
        default=True,
        metadata={"says": "a workflow that was rerun through the API has a tag"},
    )
    carried_over_jobs_are_listed: bool = field(
        default=True,
        metadata={"says": "the API also lists the jobs that a rerun doesn't run"},
    )


@dataclass(frozen=True)
class PlannedJob:
    """A job of the workflow; if the job doesn't run, its earlier result is kept."""

    job: WorkflowJob
    runs: bool
    why: str


def refuse_unknown_jobs(rerun: Rerun, names: Collection[str]) -> None:
    """Raise `UserError` for a rerun of a job that the workflow doesn't have."""
    if unknown := sorted(rerun.jobs - set(names)):
        raise UserError(
            f"there is no job {unknown[0]} to rerun",
            suggestions=["it has: " + ", ".join(names)],
        )


def plan_first_run(jobs: Sequence[WorkflowJob]) -> tuple[PlannedJob, ...]:
    """Return a plan in which every job runs."""
    return tuple(PlannedJob(job, True, "first run") for job in jobs)


def plan_rerun(
    jobs: Sequence[WorkflowJob],
    rerun: Rerun,
    statuses: Mapping[str, str],
    assumptions: Assumptions,
) -> tuple[PlannedJob, ...]:
    """Return the plan of `rerun`, given each job's status in the previous workflow."""
    if rerun.kind is RerunKind.FROM_START:
        return tuple(PlannedJob(job, True, "rerun from start") for job in jobs)
    if rerun.jobs:
        names = rerun.jobs
        if assumptions.named_rerun_goes_on:
            names |= find_downstream(jobs, names)
        return tuple(_plan_named(job, names) for job in jobs)
    failed = frozenset(name for name, status in statuses.items() if status != "success")
    downstream = find_downstream(jobs, failed)
    return tuple(
        _plan_from_failed(job, failed, downstream, assumptions) for job in jobs
    )


def _plan_named(job: WorkflowJob, names: frozenset[str]) -> PlannedJob:
    if job.name in names:
        return PlannedJob(job, True, "named in the rerun")
    return PlannedJob(job, False, "not named in the rerun")


def _plan_from_failed(
    job: WorkflowJob,
    failed: frozenset[str],
    downstream: frozenset[str],
    assumptions: Assumptions,
) -> PlannedJob:
    if job.name in failed:
        return PlannedJob(job, True, "did not pass before")
    if job.name in downstream and assumptions.passed_downstream_reruns:
        return PlannedJob(job, True, "downstream of a job that did not pass")
    return PlannedJob(job, False, "passed before")
