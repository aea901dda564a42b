"""Sets the stage of a rehearsal, plays its scenario and reports; takes it all down."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.circleci_api import CircleCIApi
from rehearsal.compile import compile_config
from rehearsal.config import CompiledConfig, PipelineValues, Workflow
from rehearsal.errors import UserError
from rehearsal.nx_cloud import NxCloud
from rehearsal.plan.reruns import Assumptions
from rehearsal.report.data import Report, report_run
from rehearsal.run.caches import Caches
from rehearsal.run.context import Stores
from rehearsal.run.environment import Pipeline
from rehearsal.run.folders import open_folder
from rehearsal.run.interrupt import Interrupt, listen
from rehearsal.run.listener import Listener
from rehearsal.run.processes import end_marked
from rehearsal.run.project import Project, take_project
from rehearsal.run.rehearsal import Rehearsal, Settings
from rehearsal.run.workspace import Workspaces
from rehearsal.scenario import (
    Action,
    ExpireWorkspace,
    LoseCaches,
    Press,
    SetVariable,
)


@dataclass(frozen=True)
class Order:
    """What the user asked to have rehearsed."""

    config: Path
    project: Path
    orbs: Mapping[str, Path]
    branch: str = ""
    tag: str = ""
    workflow: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    actions: Sequence[Action] = ()
    assumptions: Assumptions = field(default_factory=Assumptions)
    keep: bool = False


def rehearse(order: Order, listener: Listener) -> Report:
    """Play the order; nothing of it is left on this machine but what it says to keep.

    Raises `UserError` before the first job starts where something is wrong.
    """
    with ExitStack() as stack:
        interrupt = stack.enter_context(listen(Interrupt()))
        folder = stack.enter_context(open_folder(keep=order.keep))
        stack.callback(end_marked, str(folder.root))
        project = take_project(
            order.project,
            folder.root / "origin.git",
            branch=order.branch,
            tag=order.tag,
        )
        workflow = choose_workflow(_compile(order, project), order.workflow)
        api = stack.enter_context(CircleCIApi())
        cloud = stack.enter_context(NxCloud())
        stores = Stores(
            Workspaces(folder.place("workspaces")),
            Caches(folder.place("caches")),
            folder.place("artifacts"),
        )
        rehearsal = Rehearsal(
            workflow,
            _make_pipeline(project),
            folder,
            stores,
            settings=Settings(
                project=dict(order.variables),
                contexts={
                    name: dict(values) for name, values in order.contexts.items()
                },
                services={**cloud.job_environment(), "DTE_API_URL": api.url},
                assumptions=order.assumptions,
            ),
            listener=listener,
            interrupt=interrupt,
        )
        api.show(rehearsal)
        _play(rehearsal, order.actions, stores, interrupt)
        return Report(
            project.branch or project.tag,
            project.revision,
            tuple(report_run(run, stores.artifacts) for run in rehearsal.runs),
            cloud.executions(),
            interrupted=interrupt.pressed,
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


def _compile(order: Order, project: Project) -> CompiledConfig:
    values = PipelineValues(
        branch=project.branch,
        tag=project.tag,
        revision=project.revision,
        parameters=order.parameters,
    )
    return compile_config(order.config, orbs=order.orbs, pipeline=values)


def _make_pipeline(project: Project) -> Pipeline:
    return Pipeline(
        id=str(uuid.uuid4()),
        number=1,
        organization_id=str(uuid.uuid4()),
        project_id=str(uuid.uuid4()),
        project=project,
    )


def _play(
    rehearsal: Rehearsal,
    actions: Sequence[Action],
    stores: Stores,
    interrupt: Interrupt,
) -> None:
    rehearsal.run()
    for action in actions:
        if interrupt.pressed:
            return
        match action:
            case Press(rerun):
                rehearsal.rerun(rerun)
            case SetVariable(name, value):
                rehearsal.settings.project[name] = value
            case ExpireWorkspace():
                stores.workspaces.expire(rehearsal.runs[-1].workspace_id)
            case LoseCaches():
                stores.caches.lose()
