"""The facts that the rules check: jobs, their steps, their roles and their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dte.check.nx_calls import NxCall
from dte.check.pipelines import Selection
from dte.check.repository import Repository
from dte.check.shell import Command
from dte.model import Step, Where, Workflow, WorkflowJob

NOT_REHEARSED = "Not rehearsed: "
PROGRAM = "DTE_PROGRAM"
MODE = "DTE_PARTIAL_RERUN"
_OWN = "DTE_"


def runs_dte(step: Step) -> bool:
    """Return whether a step comes from dte's orb, whose steps set DTE_ variables."""
    return any(name.startswith(_OWN) for name in step.arguments.get("environment", ()))


@dataclass(frozen=True)
class CheckedStep:
    """A step of a job, the commands that it runs, and the Nx calls among them.

    ``where`` is always in one of the user's files. For a step inside an orb, ``where``
    is the position of the job's entry in the workflow.
    """

    step: Step
    where: Where
    commands: tuple[tuple[Command, Where], ...]
    calls: tuple[NxCall, ...]

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that the step sets for its command."""
        variables = self.step.arguments.get("environment")
        return variables if isinstance(variables, Mapping) else {}

    @property
    def program(self) -> str:
        """The program of dte's orb that the step runs, such as `start_agent`."""
        return "rerun_guard" if self.is_guard else self.environment.get(PROGRAM, "")

    @property
    def is_guard(self) -> bool:
        """Whether the step is the guard of dte's orb."""
        return MODE in self.environment

    @property
    def is_of_dte(self) -> bool:
        """Whether the step runs dte's code."""
        return runs_dte(self.step)

    @property
    def is_unknown(self) -> bool:
        """Whether the step comes from an orb whose source is missing."""
        return self.step.name.startswith(NOT_REHEARSED)

    @property
    def text(self) -> str:
        """The shell script of a `run` step."""
        return str(self.step.arguments.get("command", ""))


@dataclass(frozen=True)
class CheckedJob:
    """A job of a workflow, and all jobs that it waits for."""

    call: WorkflowJob
    steps: tuple[CheckedStep, ...]
    upstream: frozenset[str]

    @property
    def name(self) -> str:
        """The job's name in the workflow."""
        return self.call.name

    @property
    def title(self) -> str:
        """The name that messages use for the job."""
        return f'the job "{self.name}"'

    @property
    def where(self) -> Where:
        """The position of the job's entry in the workflow."""
        return self.call.where

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables of the job."""
        return self.call.job.environment if self.call.job else {}

    @property
    def image(self) -> str:
        """The job's first Docker image; empty if the job has no Docker executor."""
        images = self.call.job.executor.get("docker") if self.call.job else None
        return str(images[0]["image"]) if images else ""

    @property
    def calls(self) -> Iterator[NxCall]:
        """The Nx calls of all steps, in order."""
        for step in self.steps:
            yield from step.calls

    def program(self, name: str) -> CheckedStep | None:
        """Return the first step that runs this program of dte's orb, or None."""
        return next((step for step in self.steps if step.program == name), None)

    def calls_of(self, *names: str) -> list[NxCall]:
        """Return the job's Nx calls that have one of these subcommands."""
        return [call for call in self.calls if call.name in names]

    @property
    def guard(self) -> CheckedStep | None:
        """The job's step that is the guard of dte's orb, or None."""
        return self.program("rerun_guard")

    @property
    def is_unknown(self) -> bool:
        """Whether the job replaces the job of an orb whose source is missing."""
        return self.image.startswith("not-rehearsed/")

    @property
    def has_unknown_steps(self) -> bool:
        """Whether a step of the job comes from an orb whose source is missing."""
        return any(step.is_unknown for step in self.steps)


@dataclass(frozen=True)
class CheckedWorkflow:
    """A workflow and the jobs that take part in a distributed run.

    ``mains`` start a run whose tasks go to agents of the workflow, ``agents`` wait for
    tasks, and ``hosted`` request machines of Nx Cloud. ``selections`` contains the jobs
    that run for each branch and tag that was tried.
    """

    workflow: Workflow
    jobs: tuple[CheckedJob, ...]
    mains: tuple[CheckedJob, ...]
    agents: tuple[CheckedJob, ...]
    hosted: tuple[CheckedJob, ...]
    selections: tuple[Selection, ...]

    @property
    def title(self) -> str:
        """The name that messages use for the workflow."""
        return f'the workflow "{self.workflow.name}"'

    @cached_property
    def attempts(self) -> frozenset[str]:
        """The names of the jobs that record the attempt."""
        return frozenset(
            job.name for job in self.jobs if job.program("record_attempt") is not None
        )

    @property
    def taking_part(self) -> tuple[CheckedJob, ...]:
        """The jobs that are mains or agents."""
        return (*self.mains, *self.agents)

    def run_together(self, *jobs: CheckedJob) -> bool:
        """Return whether all these jobs run for one of the branches or tags tried."""
        names = {job.name for job in jobs}
        return any(names <= selection.jobs for selection in self.selections)


@dataclass(frozen=True)
class Facts:
    """All workflows of a config, and the repository around it."""

    workflows: tuple[CheckedWorkflow, ...]
    repository: Repository
