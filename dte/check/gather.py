"""Gathers the facts about a compiled config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dte.check.distribution import Distribution, distribution_of
from dte.check.facts import CheckedJob, CheckedStep, CheckedWorkflow, runs_dte
from dte.check.followed import Follower, Found, join
from dte.check.nx_calls import START_AGENT
from dte.check.pipelines import Selection
from dte.check.repository import Repository
from dte.model import CompiledConfig, Step, Where, Workflow, WorkflowJob


@dataclass(frozen=True)
class Gatherer:
    """Reads the steps of a config; ``config`` is the file that the user named."""

    repository: Repository
    config: Path

    def workflows(
        self, compiled: CompiledConfig, selections: Mapping[str, tuple[Selection, ...]]
    ) -> tuple[CheckedWorkflow, ...]:
        """Return the workflows of a config, with the roles of their jobs."""
        return tuple(
            self._workflow(flow, selections.get(flow.name, ()))
            for flow in compiled.workflows
        )

    def _workflow(
        self, flow: Workflow, selections: tuple[Selection, ...]
    ) -> CheckedWorkflow:
        upstream = close(flow.jobs)
        jobs = tuple(
            CheckedJob(job, tuple(self._steps(job)), upstream[job.name])
            for job in flow.jobs
        )
        agents = [job for job in jobs if _is_agent(job)]
        found = {job.name: distribution_of(job, self.repository) for job in jobs}
        own = {Distribution.OWN, *([Distribution.UNSTATED] if agents else [])}
        mains = tuple(job for job in jobs if found[job.name] in own)
        hosted = tuple(job for job in jobs if found[job.name] is Distribution.HOSTED)
        names = {job.name for job in (*mains, *hosted)}
        return CheckedWorkflow(
            workflow=flow,
            jobs=jobs,
            mains=mains,
            agents=tuple(job for job in agents if job.name not in names),
            hosted=hosted,
            selections=selections,
        )

    def _steps(self, call: WorkflowJob) -> Iterable[CheckedStep]:
        if call.job is None:
            return
        for step in call.job.all_steps:
            inside = Path(step.where.file) == self.config
            where = step.where if inside else call.where
            found = self._found(step, call.job.working_directory, where)
            yield CheckedStep(step, where, tuple(found.commands), tuple(found.calls))

    def _found(self, step: Step, folder: str, where: Where) -> Found:
        if step.kind not in ("run", "deploy") or runs_dte(step):
            return Found()
        own = step.arguments.get("working_directory", "")
        follower = Follower(self.repository, join(join(".", folder), str(own)))
        return follower.follow(str(step.arguments["command"]), where)


def _is_agent(job: CheckedJob) -> bool:
    return bool(job.program("start_agent") or job.calls_of(START_AGENT))


def close(jobs: Iterable[WorkflowJob]) -> dict[str, frozenset[str]]:
    """Return, for each job, the names of all jobs that it waits for."""
    direct = {job.name: [need.job for need in job.requires] for job in jobs}
    closed: dict[str, frozenset[str]] = {}

    def visit(name: str) -> frozenset[str]:
        if name not in closed:
            needed = direct.get(name, [])
            closed[name] = frozenset(needed).union(*map(visit, needed))
        return closed[name]

    for name in direct:
        visit(name)
    return closed
