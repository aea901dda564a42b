"""Sets the stage of a rehearsal, plays its scenario and reports; takes it all down."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.circleci_api import CircleCIApi
from rehearsal.compile import compile_config
from rehearsal.config import CompiledConfig, PipelineValues, Workflow
from rehearsal.errors import UserError
from rehearsal.faults import FaultPlan
from rehearsal.nx_cloud import NxCloud
from rehearsal.plan.reruns import Assumptions
from rehearsal.report.data import Report, report_run
from rehearsal.run.caches import Caches
from rehearsal.run.context import Stores
from rehearsal.run.environment import Pipeline
from rehearsal.run.folders import RehearsalFolder, open_folder
from rehearsal.run.interrupt import Interrupt, listen
from rehearsal.run.jobs import JobRunner, Settings
from rehearsal.run.listener import Listener
from rehearsal.run.processes import end_marked
from rehearsal.run.project import Project, choose_branch, choose_tag, take_project
from rehearsal.run.rehearsal import Rehearsal
from rehearsal.run.workspace import Workspaces
from rehearsal.scenario import (
    Action,
    ExpireWorkspace,
    LoseCaches,
    Press,
    Push,
    SetFaults,
    SetVariable,
)


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


def rehearse(order: Order, listener: Listener) -> Report:
    """Play the order; nothing of it is left on this machine but what it says to keep.

    Raises `UserError` before the first job starts where something is wrong.
    """
    with open_desk(order, listener) as desk:
        desk.play()
        return desk.report()


class Desk:
    """One rehearsal while it lasts: its pipelines, and what they share."""

    def __init__(
        self,
        order: Order,
        listener: Listener,
        *,
        folder: RehearsalFolder,
        api: CircleCIApi,
        cloud: NxCloud,
        interrupt: Interrupt,
    ) -> None:
        self._order = order
        self._listener = listener
        self._folder = folder
        self._api = api
        self._cloud = cloud
        self._interrupt = interrupt
        self._ids = (str(uuid.uuid4()), str(uuid.uuid4()))
        self._origin = folder.root / "origin.git"
        self._project = take_project(order.project, self._origin)
        self._pipelines: list[Rehearsal] = []
        self._not_rehearsed: list[str] = []
        self._stores = Stores(
            Workspaces(folder.place("workspaces")),
            Caches(folder.place("caches")),
            folder.place("artifacts"),
        )
        self._settings = Settings(
            project=dict(order.variables),
            contexts={name: dict(values) for name, values in order.contexts.items()},
            services={**cloud.job_environment(), "DTE_API_URL": api.url},
            assumptions=order.assumptions,
        )
        self._set_faults(order.faults)

    def play(self) -> None:
        """The first run, and then each action, unless the user stops it."""
        order = self._order
        if self._project.note:
            self._listener.note(self._project.note)
        if order.tag:
            self._project = choose_tag(self._project, self._origin, order.tag)
            self._start_pipeline(self._project)
        else:
            self._push(order.branch or self._project.branch, order.revision)
        self._run_requests()
        for action in order.actions:
            if self._interrupt.pressed:
                return
            self._take(action)

    def report(self) -> Report:
        """What happened so far."""
        return Report(
            tuple(
                report_run(rehearsal.pipeline, run, self._stores.artifacts)
                for rehearsal in self._pipelines
                for run in rehearsal.runs
            ),
            self._cloud.executions(),
            not_rehearsed=tuple(dict.fromkeys(self._not_rehearsed)),
            interrupted=self._interrupt.pressed,
        )

    def _take(self, action: Action) -> None:
        match action:
            case Press(rerun):
                self._pipelines[-1].rerun(rerun)
            case Push(branch, revision):
                self._push(branch, revision)
            case SetVariable(name, value):
                self._settings.project[name] = value
            case ExpireWorkspace():
                last = self._pipelines[-1].runs[-1]
                self._stores.workspaces.expire(last.workspace_id)
            case LoseCaches():
                self._stores.caches.lose()
            case SetFaults(change):
                self._set_faults(change(self._settings.faults))
        self._run_requests()

    def _run_requests(self) -> None:
        """Run the workflows that jobs started through the API, and what these start."""
        while not self._api.requests.empty() and not self._interrupt.pressed:
            rehearsal, prepared = self._api.requests.get()
            rehearsal.execute(prepared)

    def _set_faults(self, faults: FaultPlan) -> None:
        self._settings.faults = faults
        self._cloud.set_faults(faults.cloud)
        self._api.faults = faults.api

    def _tell_what_is_missing(self, config: CompiledConfig) -> None:
        if config.setup:
            text = "a setup config: the pipeline that it continues with"
            self._not_rehearsed.append(text)
        self._not_rehearsed += config.stubbed
        for text in self._not_rehearsed:
            self._listener.note(f"not rehearsed: {text}")

    def _push(self, branch: str, revision: str) -> None:
        project = choose_branch(self._project, self._origin, branch, revision)
        self._start_pipeline(project)

    def _start_pipeline(self, project: Project) -> None:
        organization_id, project_id = self._ids
        pipeline = Pipeline(
            id=str(uuid.uuid4()),
            number=len(self._pipelines) + 1,
            organization_id=organization_id,
            project_id=project_id,
            project=project,
        )
        config = compile_for(self._order, pipeline)
        self._tell_what_is_missing(config)
        runner = JobRunner(
            pipeline=pipeline,
            folder=self._folder,
            stores=self._stores,
            settings=self._settings,
            listener=self._listener,
            interrupt=self._interrupt,
        )
        workflow = choose_workflow(config, self._order.workflow)
        rehearsal = Rehearsal(workflow, runner)
        self._pipelines.append(rehearsal)
        self._api.show(rehearsal)
        rehearsal.run()


@contextmanager
def open_desk(order: Order, listener: Listener) -> Iterator[Desk]:
    """A desk with its stand-ins running; at its end all that it started is gone."""
    with ExitStack() as stack:
        interrupt = stack.enter_context(listen(Interrupt()))
        folder = stack.enter_context(open_folder(keep=order.keep))
        stack.callback(end_marked, str(folder.root))
        yield Desk(
            order,
            listener,
            folder=folder,
            api=stack.enter_context(CircleCIApi()),
            cloud=stack.enter_context(NxCloud(folder=folder.place("nx-cloud"))),
            interrupt=interrupt,
        )


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
