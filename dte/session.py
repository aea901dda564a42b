"""One rehearsal while it runs: its pipelines, its actions, and the report on them."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dte.circleci_api import CircleCIApi
from dte.continuation import (
    EMPTY,
    NEVER,
    choose_continued,
    compile_continuation,
    named_in_setup,
)
from dte.model import CompiledConfig, Workflow
from dte.nx_cloud import NxCloud
from dte.order.faults import Failure, FaultPlan, Kill
from dte.order.order import Order
from dte.order.scenario import (
    Action,
    ExpireWorkspace,
    LoseCaches,
    Press,
    Push,
    SetFaults,
    SetVariable,
)
from dte.plan.filters import select_jobs
from dte.plan.selection import select_named
from dte.preflight import check_order, choose_workflow, compile_for, list_notes
from dte.report.data import Report, report_workflow
from dte.run.caches import Caches
from dte.run.context import Stores
from dte.run.environment import PipelineIdentity
from dte.run.folders import RehearsalFolder
from dte.run.interrupt import Interrupt
from dte.run.jobs import JobRunner, Settings
from dte.run.listener import Listener
from dte.run.logs import StepLogs
from dte.run.nx_version import refuse_old_nx
from dte.run.pipeline import RehearsedPipeline
from dte.run.project import Project, choose_branch, choose_revision, take_project
from dte.run.starter import Starter
from dte.run.workspace import Workspaces


class Session:
    """A running rehearsal: its pipelines, and the stores and settings they share."""

    def __init__(
        self,
        order: Order,
        listener: Listener,
        *,
        folder: RehearsalFolder,
        api: CircleCIApi,
        cloud: NxCloud,
        interrupt: Interrupt,
        starter: Starter,
    ) -> None:
        self._order = order
        self._listener = listener
        self._folder = folder
        self._api = api
        self._cloud = cloud
        self._interrupt = interrupt
        self._starter = starter
        self._ids = (str(uuid.uuid4()), str(uuid.uuid4()))
        self._origin = folder.root / "origin.git"
        self._pipelines: list[RehearsedPipeline] = []
        self._notes: list[str] = []
        self._injected: dict[Failure | Kill, None] = {}
        self._not_rehearsed: list[str] = []
        self._logs = StepLogs(order.logs)
        self._stores = Stores(
            Workspaces(folder.subfolder("workspaces")),
            Caches(folder.subfolder("caches")),
            folder.subfolder("artifacts"),
        )
        self._settings = Settings(
            project=dict(order.variables),
            contexts={name: dict(values) for name, values in order.contexts.items()},
            services={**cloud.job_environment(), "DTE_API_URL": api.url},
            assumptions=order.assumptions,
            time_limit=order.time_limit,
            size_limit=order.size_limit,
            max_jobs=order.max_jobs,
        )
        self._set_faults(order.faults)

    def start(self) -> None:
        """Check the whole order, and run the first workflow.

        Raises `KeyboardInterrupt` if the user interrupts before the first job.
        """
        with self._interrupt.raising():
            pipeline = self._prepare()
        self._run(pipeline)
        self._run_requests()

    def _prepare(self) -> RehearsedPipeline:
        order = self._order
        self._project = take_project(order.project, self._origin)
        if self._project.note:
            self._note(self._project.note)
        if order.keep:
            self._note(f"the rehearsal's folder is kept: {self._folder.root}")
        project = choose_revision(
            self._project,
            self._origin,
            branch=order.branch,
            revision=order.revision,
            tag=order.tag,
        )
        refuse_old_nx(self._origin, project.revision)
        pipeline = self._open_pipeline(project)
        if not pipeline.identity.continuation_key:
            check_order(order, pipeline.jobs, self._origin)
        self._note_all(list_notes(order, pipeline.jobs))
        return pipeline

    def play(self) -> None:
        """Perform the actions of the order one by one, until the user interrupts."""
        order = self._order
        for action in order.actions:
            if self._interrupt.pressed:
                return
            self._take(action)

    @property
    def has_run(self) -> bool:
        """Whether a workflow was started."""
        return any(pipeline.workflows for pipeline in self._pipelines)

    def report(self, *, error: str = "") -> Report:
        """Return the report on all workflows so far."""
        workflows = [
            (workflow.number, pipeline.identity, workflow)
            for pipeline in self._pipelines
            for workflow in pipeline.workflows
        ]
        workflows.sort(key=lambda item: item[0])
        return Report(
            tuple(
                report_workflow(identity, workflow, self._stores.artifacts)
                for _, identity, workflow in workflows
            ),
            self._cloud.executions(),
            notes=tuple(self._notes),
            not_rehearsed=tuple(dict.fromkeys(self._not_rehearsed)),
            interrupted=self._interrupt.pressed,
            missed_faults=tuple(
                str(fault)
                for fault in self._injected
                if fault not in self._settings.hits
            ),
            logs=str(self._order.logs or ""),
            error=error,
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
                last = self._pipelines[-1].workflows[-1]
                self._stores.workspaces.expire(last.workspace_id)
            case LoseCaches():
                self._stores.caches.lose()
            case SetFaults(change):
                self._set_faults(change(self._settings.faults))
        self._run_requests()

    def _run_requests(self) -> None:
        """Run the workflows that jobs started through the API."""
        while not self._api.requests.empty() and not self._interrupt.pressed:
            pipeline, prepared = self._api.requests.get()
            pipeline.execute(prepared)

    def _set_faults(self, faults: FaultPlan) -> None:
        self._settings.faults = faults
        self._injected |= dict.fromkeys((*faults.failures, *faults.kills))
        self._cloud.set_faults(faults.cloud)
        self._api.faults = faults.api

    def _run(self, pipeline: RehearsedPipeline) -> None:
        """Run a pipeline; after a setup workflow, also run the config that it sent."""
        pipeline.run()
        if not pipeline.identity.continuation_key or self._interrupt.pressed:
            return
        if self._api.continuations.empty():
            self._not_rehearsed.append(NEVER)
            self._listener.note(f"not rehearsed: {NEVER}")
            return
        order, request = self._order, self._api.continuations.get()
        config = compile_continuation(order, request, order.logs or self._folder.root)
        if config is None:
            self._note(EMPTY)
            return
        self._note_what_is_missing(config)
        identity = replace(pipeline.identity, continuation_key="")
        names = () if named_in_setup(order, pipeline.compiled) else order.jobs
        continued = [
            self._add_pipeline(workflow, identity, names, config.document)
            for workflow in choose_continued(config, order, names)
        ]
        jobs = [job for one in (pipeline, *continued) for job in one.jobs]
        check_order(order, jobs, self._origin)
        for one in continued:
            self._note_all(list_notes(order, one.jobs))
            one.run()

    def _note_what_is_missing(self, config: CompiledConfig) -> None:
        self._not_rehearsed += config.stubbed
        for text in self._not_rehearsed:
            self._listener.note(f"not rehearsed: {text}")
        for note in config.notes:
            text = f"{note.where}: {note.text}"
            warns = note.severity == "warning" and not note.in_orb
            if warns and text not in self._notes:
                self._note(text)

    def _note(self, text: str) -> None:
        self._notes.append(text)
        self._listener.note(text)

    def _note_all(self, texts: list[str]) -> None:
        for text in texts:
            self._note(text)

    def _push(self, branch: str, revision: str) -> None:
        project = choose_branch(self._project, self._origin, branch, revision)
        self._run(self._open_pipeline(project))

    def _open_pipeline(self, project: Project) -> RehearsedPipeline:
        organization_id, project_id = self._ids
        identity = PipelineIdentity(
            id=str(uuid.uuid4()),
            number=1 + len({one.identity.id for one in self._pipelines}),
            organization_id=organization_id,
            project_id=project_id,
            project=project,
            parameters=self._order.parameters,
        )
        config = compile_for(self._order, identity)
        self._note_what_is_missing(config)
        workflow, names = (
            choose_workflow(config, self._order.workflow),
            self._order.jobs,
        )
        if config.setup:
            identity = replace(identity, continuation_key=secrets.token_hex(32))
            names = named_in_setup(self._order, workflow)
        return self._add_pipeline(workflow, identity, names, config.document)

    def _add_pipeline(
        self,
        workflow: Workflow,
        identity: PipelineIdentity,
        names: Sequence[str],
        document: Mapping[str, Any],
    ) -> RehearsedPipeline:
        runner = JobRunner(
            identity=identity,
            folder=self._folder,
            stores=self._stores,
            settings=self._settings,
            listener=self._listener,
            interrupt=self._interrupt,
            logs=self._logs,
            starter=self._starter,
        )
        project, with_needs = identity.project, self._order.with_needs
        passing = select_jobs(workflow.jobs, branch=project.branch, tag=project.tag)
        jobs = select_named(passing, names, with_needs=with_needs)
        pipeline = RehearsedPipeline(workflow, jobs, runner, document)
        self._pipelines.append(pipeline)
        self._api.show(pipeline)
        return pipeline
