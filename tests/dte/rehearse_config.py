"""Rehearses a config given as text, and collects all output."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dte.order.order import Order
from dte.order.scenario import parse_action
from dte.rehearsal import rehearse
from dte.report.data import JobReport, Report
from dte.run.listener import Listener
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace, StepResult


@dataclass
class Heard(Listener):
    """A listener that remembers every line and every step's result."""

    lines: list[tuple[int, str, str]] = field(default_factory=list)
    steps: list[tuple[int, str, StepResult]] = field(default_factory=list)
    runs: int = 0

    def workflow_started(self, workflow: RehearsedWorkflow) -> None:
        """Count the workflows that start."""
        self.runs += 1

    def printed(
        self,
        workflow: RehearsedWorkflow,
        job: JobRun,
        step: StepPlace,
        lines: Sequence[str],
    ) -> None:
        """Remember the printed lines, with their run and job."""
        self.lines += [(self.runs, job.name, line) for line in lines]

    def step_ended(
        self, workflow: RehearsedWorkflow, job: JobRun, step: StepResult
    ) -> None:
        """Remember the step's result, with its run and job."""
        self.steps.append((self.runs, job.name, step))


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal's report and its jobs' output; `run` is a run's number, from 1."""

    report: Report
    heard: Heard

    def job(self, name: str, run: int = 1) -> JobReport:
        """Return the report of a job in a run."""
        jobs = self.report.runs[run - 1].jobs
        return next(job for job in jobs if job.name == name)

    def statuses(self, run: int = 1) -> dict[str, str]:
        """Return each job's status in a run."""
        return {job.name: job.status for job in self.report.runs[run - 1].jobs}

    def ran(self, run: int = 1) -> list[str]:
        """Return the names of the jobs that ran in a run and were not carried over."""
        return [job.name for job in self.report.runs[run - 1].jobs if job.ran]

    def lines(self, job: str, run: int = 1) -> list[str]:
        """Return what a job's steps printed in a run."""
        return [
            line
            for number, name, line in self.heard.lines
            if (number, name) == (run, job)
        ]

    def step(self, job: str, name: str, run: int = 1) -> StepResult:
        """Return the result of a job's step in a run."""
        return next(
            step
            for number, owner, step in self.heard.steps
            if (number, owner, step.name) == (run, job, name)
        )


def rehearse_text(
    folder: Path, config: str, *, then: tuple[str, ...] = (), **order: Any
) -> Rehearsed:
    """Rehearse `config` on a project with one file, then do the actions in `then`."""
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (project / "README.md").write_text("A project.\n")
    path = folder / "config.yml"
    path.write_text(textwrap.dedent(config))
    heard = Heard()
    actions = tuple(parse_action(text) for text in then)
    settings = {"orbs": {}, "project": project, **order}
    report = rehearse(Order(config=path, actions=actions, **settings), heard)
    return Rehearsed(report, heard)
