"""Lists the jobs of a config, and the runs that an order's actions would start."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from dte.model import CompiledConfig, Workflow, WorkflowJob
from dte.order.faults import Failure, FaultPlan, Kill
from dte.order.order import Order
from dte.order.scenario import Press, Push, SetFaults
from dte.plan.filters import select_jobs
from dte.plan.graph import find_upstream
from dte.plan.reruns import PlannedJob, plan_first_run, plan_rerun
from dte.plan.selection import select_named
from dte.preflight import check_order, choose_workflow, compile_for
from dte.run.environment import PipelineIdentity
from dte.run.folders import open_folder
from dte.run.project import Project, choose_branch, choose_revision, take_project


@dataclass(frozen=True)
class ListedJob:
    """A job of a workflow; `machines` is 0 for an approval."""

    workflow: str
    name: str
    runs: bool
    why: str
    requires: tuple[str, ...]
    machines: int


@dataclass(frozen=True)
class PlannedRun:
    """A run that an action would start, with the assumed status of each job."""

    action: str
    jobs: tuple[tuple[PlannedJob, str], ...]


@dataclass(frozen=True)
class Listing:
    """All jobs of the workflows that run in this pipeline, and the planned runs."""

    branch: str
    jobs: tuple[ListedJob, ...]
    runs: tuple[PlannedRun, ...]
    defaults: tuple[str, ...] = ()


def list_jobs(order: Order, *, plan: bool = False) -> Listing:
    """Compile the config and list its jobs, without running anything.

    With `plan`, also list the runs that the order's actions would start.
    """
    with open_folder(keep=False) as folder:
        origin = folder.root / "origin.git"
        project = choose_revision(
            take_project(order.project, origin),
            origin,
            branch=order.branch,
            revision=order.revision,
            tag=order.tag,
        )
        ids = [str(uuid.uuid4()) for _ in range(3)]
        identity = PipelineIdentity(ids[0], 1, ids[1], ids[2], project)
        config = compile_for(order, identity)
        listed = tuple(
            job
            for workflow in config.workflows
            for job in _list_workflow(workflow, order, project)
        )
        runs = _plan_runs(config, order, identity, origin) if plan else ()
        ref = project.branch or project.tag
        return Listing(ref, listed, runs, tuple(order.defaults))


def _list_workflow(
    workflow: Workflow, order: Order, project: Project
) -> list[ListedJob]:
    branch, tag = project.branch, project.tag
    passing = select_jobs(workflow.jobs, branch=branch, tag=tag)
    named = order.jobs if _is_chosen(workflow, order) else ()
    chosen = select_named(passing, named, with_needs=order.with_needs)
    names = {job.name for job in chosen}
    return [
        ListedJob(
            workflow.name,
            job.name,
            job.name in names,
            _explain(job, {item.name for item in passing}, names, branch or tag),
            tuple(_write_need(need.job, need.statuses) for need in job.requires),
            job.job.parallelism if job.job else 0,
        )
        for job in workflow.jobs
    ]


def _is_chosen(workflow: Workflow, order: Order) -> bool:
    return order.workflow in ("", workflow.name)


def _explain(job: WorkflowJob, passing: set[str], chosen: set[str], ref: str) -> str:
    if job.name in chosen:
        return "approved automatically" if job.job is None else "runs"
    if job.name in passing:
        return "not named on the command line"
    if job.filters:
        return f"its filters exclude {ref}"
    return "all jobs that it requires are filtered out"


def _write_need(name: str, statuses: frozenset[str]) -> str:
    if statuses == frozenset({"success"}):
        return name
    return f"{name} ({', '.join(sorted(statuses))})"


def _choose_jobs(
    config: CompiledConfig, order: Order, project: Project
) -> Sequence[WorkflowJob]:
    workflow = choose_workflow(config, order.workflow)
    passing = select_jobs(workflow.jobs, branch=project.branch, tag=project.tag)
    return select_named(passing, order.jobs, with_needs=order.with_needs)


def _plan_runs(
    config: CompiledConfig, order: Order, identity: PipelineIdentity, origin: Path
) -> tuple[PlannedRun, ...]:
    """Return the planned runs, assuming that only jobs with injected faults fail."""
    jobs = _choose_jobs(config, order, identity.project)
    check_order(order, jobs, origin)
    faults = order.faults
    runs = [_assume("first run", plan_first_run(jobs), {}, faults)]
    for action in order.actions:
        statuses = {planned.job.name: status for planned, status in runs[-1].jobs}
        match action:
            case SetFaults(change):
                faults = change(faults)
            case Push(branch, revision):
                pushed = choose_branch(identity.project, origin, branch, revision)
                number = identity.number + 1
                identity = replace(identity, number=number, project=pushed)
                jobs = _choose_jobs(compile_for(order, identity), order, pushed)
                plan = plan_first_run(jobs)
                runs.append(_assume(f"push of {branch}", plan, {}, faults))
            case Press(rerun):
                plan = plan_rerun(jobs, rerun, statuses, order.assumptions)
                runs.append(_assume(rerun.kind.value, plan, statuses, faults))
    return tuple(runs)


def _assume(
    action: str,
    plan: Sequence[PlannedJob],
    before: dict[str, str],
    faults: FaultPlan,
) -> PlannedRun:
    statuses: dict[str, str] = {}
    upstream = find_upstream([planned.job for planned in plan])
    # Upstream jobs come first here, because they have fewer upstream jobs.
    names = sorted(upstream, key=lambda name: len(upstream[name]))
    by_name = {planned.job.name: planned for planned in plan}
    for planned in (by_name[name] for name in names):
        if planned.runs:
            statuses[planned.job.name] = _assume_status(planned.job, statuses, faults)
        else:
            statuses[planned.job.name] = before.get(planned.job.name, "not_run")
    return PlannedRun(
        action, tuple((planned, statuses[planned.job.name]) for planned in plan)
    )


def _assume_status(
    job: WorkflowJob, statuses: dict[str, str], faults: FaultPlan
) -> str:
    met = all(
        statuses.get(need.job, "success") in need.statuses for need in job.requires
    )
    if not met:
        return "not_run"
    injected: tuple[Failure | Kill, ...] = (*faults.failures, *faults.kills)
    fails = any(fnmatchcase(job.name, fault.job) for fault in injected)
    return "failed" if fails else "success"
