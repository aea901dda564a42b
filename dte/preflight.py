"""Checks a rehearsal before its first job, and lists differences from CircleCI."""

from collections.abc import Sequence
from pathlib import Path

from dte.bundled_orb import add_bundled_orb
from dte.compile import compile_config
from dte.errors import UserError
from dte.model import CompiledConfig, PipelineValues, Workflow, WorkflowJob
from dte.order.faults import FaultPlan, refuse_unmatched
from dte.order.order import Order
from dte.order.scenario import Press, Push, SetFaults
from dte.plan.reruns import RerunKind, refuse_unknown_jobs
from dte.run.environment import PipelineIdentity
from dte.run.home_check import refuse_outside_home
from dte.run.project import resolve_commit


def compile_for(order: Order, identity: PipelineIdentity) -> CompiledConfig:
    """Return the config as CircleCI would process it for this pipeline."""
    project = identity.project
    values = PipelineValues(
        number=identity.number,
        id=identity.id,
        branch=project.branch,
        tag=project.tag,
        revision=project.revision,
        project_slug=identity.slug,
        parameters=order.parameters,
        values=order.values,
    )
    return compile_config(
        order.config,
        orbs=add_bundled_orb(order.orbs, order.config),
        pipeline=values,
        stub_missing_orbs=order.stub_missing_orbs,
    )


def choose_workflow(config: CompiledConfig, name: str) -> Workflow:
    """Return the workflow called `name`; if `name` is empty, return the only workflow.

    Raises `UserError` if no workflow has this name, or if several match an empty name.
    """
    found = {workflow.name: workflow for workflow in config.workflows}
    if name in found:
        return found[name]
    if config.setup and len(found) == 1:
        # A workflow in the config that continues the pipeline may have this name.
        return config.workflows[0]
    if name:
        problem = f"there is no workflow {name} in this pipeline"
    elif len(found) == 1:
        return config.workflows[0]
    else:
        problem = f"the config has {len(found)} workflows that run in this pipeline"
    raise UserError(
        problem, suggestions=["--workflow takes one of: " + ", ".join(found)]
    )


def check_order(order: Order, jobs: Sequence[WorkflowJob], origin: Path) -> None:
    """Raise `UserError` for an unknown job, step or revision in the order.

    This function also refuses a job that writes to a folder outside its home.
    """
    refuse_outside_home(jobs)
    steps = {
        workflow_job.name: [step.name for step in workflow_job.job.all_steps]
        if workflow_job.job
        else []
        for workflow_job in jobs
    }
    refuse_unmatched(order.faults, steps)
    for action in order.actions:
        match action:
            case Press(rerun):
                refuse_unknown_jobs(rerun, steps)
            case Push(branch, revision):
                resolve_commit(origin, revision or f"refs/heads/{branch}")
            case SetFaults(change):
                refuse_unmatched(change(FaultPlan()), steps)


def list_notes(order: Order, jobs: Sequence[WorkflowJob]) -> list[str]:
    """Return what a rehearsal of these jobs does differently from CircleCI."""
    notes = [
        f"approved automatically: {workflow_job.name}"
        for workflow_job in jobs
        if workflow_job.job is None
    ]
    notes += [
        f"the teardown of {step.name} in {workflow_job.name} does not run: CircleCI's "
        "documentation does not say when it runs"
        for workflow_job in jobs
        if workflow_job.job is not None
        for step in workflow_job.job.all_steps
        if "teardown" in step.arguments
    ]
    notes += [
        f"no SSH access to {', '.join(action.rerun.jobs)}: the rerun only runs the job"
        for action in order.actions
        if isinstance(action, Press) and action.rerun.kind is RerunKind.WITH_SSH
    ]
    named = {context for workflow_job in jobs for context in workflow_job.contexts}
    return notes + [
        f"the context {name} has no variables: set them with --context"
        for name in sorted(named - set(order.contexts))
    ]
