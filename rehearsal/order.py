"""What a user orders, and what is checked of it before the first job starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.compile import compile_config
from rehearsal.config import CompiledConfig, PipelineValues, Workflow, WorkflowJob
from rehearsal.errors import UserError
from rehearsal.faults import FaultPlan, refuse_stray
from rehearsal.plan.reruns import Assumptions, refuse_unknown_jobs
from rehearsal.run.environment import Pipeline
from rehearsal.run.places import refuse_outside_home
from rehearsal.run.project import resolve_commit
from rehearsal.scenario import Action, Press, Push, SetFaults


@dataclass(frozen=True)
class Order:
    """What the user asked to have rehearsed; empty `branch`: the one checked out."""

    config: Path
    project: Path
    orbs: Mapping[str, Path]
    branch: str = ""
    revision: str = ""
    tag: str = ""
    workflow: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
    faults: FaultPlan = field(default_factory=FaultPlan)
    stub_missing_orbs: bool = False
    keep: bool = False


def compile_for(order: Order, pipeline: Pipeline) -> CompiledConfig:
    """The config as CircleCI would process it for this pipeline."""
    project = pipeline.project
    values = PipelineValues(
        number=pipeline.number,
        id=pipeline.id,
        branch=project.branch,
        tag=project.tag,
        revision=project.revision,
        project_slug=pipeline.slug,
        parameters=order.parameters,
    )
    return compile_config(
        order.config,
        orbs=order.orbs,
        pipeline=values,
        stub_missing_orbs=order.stub_missing_orbs,
    )


def choose_workflow(config: CompiledConfig, name: str) -> Workflow:
    """The workflow called `name`, or the only one; raises `UserError`."""
    found = {workflow.name: workflow for workflow in config.workflows}
    if name in found:
        return found[name]
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
    """Raise `UserError` for what could only fail later: names and places."""
    refuse_outside_home(jobs)
    steps = {
        place.name: [step.name for step in place.job.steps] if place.job else []
        for place in jobs
    }
    refuse_stray(order.faults, steps)
    for action in order.actions:
        match action:
            case Press(rerun):
                refuse_unknown_jobs(rerun, steps)
            case Push(branch, revision):
                resolve_commit(origin, revision or f"refs/heads/{branch}")
            case SetFaults(change):
                refuse_stray(change(FaultPlan()), steps)


def list_notes(order: Order, jobs: Sequence[WorkflowJob]) -> list[str]:
    """What a rehearsal does otherwise than CircleCI, for these jobs."""
    notes = [f"approved at once: {place.name}" for place in jobs if place.job is None]
    named = {context for place in jobs for context in place.contexts}
    return notes + [
        f"the context {name} has no variables: give them with --context"
        for name in sorted(named - set(order.contexts))
    ]
