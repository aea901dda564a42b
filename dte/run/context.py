"""The data that a step of a running job can use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dte.model import Job
from dte.order.faults import Failure, FaultPlan, Kill
from dte.plan.reruns import Assumptions
from dte.run.caches import Caches
from dte.run.copying import Copier
from dte.run.environment import PipelineIdentity, expand_home
from dte.run.folders import JobFolder
from dte.run.interrupt import Interrupt
from dte.run.logs import StepLogs
from dte.run.output import StepOutput
from dte.run.results import JobRun, RehearsedWorkflow
from dte.run.starter import Starter
from dte.run.workspace import Workspaces


@dataclass(frozen=True)
class Stores:
    """The stores that CircleCI keeps for jobs."""

    workspaces: Workspaces
    caches: Caches
    artifacts: Path


@dataclass(frozen=True)
class JobContext:
    """One running job; `upstream` maps each upstream job to its own upstream jobs."""

    job: Job
    run: JobRun
    workflow: RehearsedWorkflow
    identity: PipelineIdentity
    folder: JobFolder
    env: Mapping[str, str]
    secrets: tuple[str, ...]
    upstream: Mapping[str, frozenset[str]]
    stores: Stores
    assumptions: Assumptions
    faults: FaultPlan
    hits: set[Failure | Kill]
    interrupt: Interrupt
    logs: StepLogs
    starter: Starter
    machine: int = 0
    time_limit: float | None = None
    size_limit: int | None = None
    output: StepOutput | None = field(default=None, repr=False)

    @property
    def working_directory(self) -> Path:
        """The folder in which the job's steps run."""
        return self.resolve_path(self.job.working_directory, self.folder.home)

    @property
    def step_names(self) -> tuple[str, ...]:
        """The names of the job's steps, in order."""
        return tuple(step.name for step in self.job.all_steps)

    def resolve_path(self, path: str, relative_to: Path | None = None) -> Path:
        """Return the path on this machine for a path in the config."""
        return expand_home(
            path, self.folder.home, relative_to or self.working_directory
        )

    def say(self, line: str) -> None:
        """Print a line to the step's output."""
        if self.output:
            self.output.say(line)

    def say_all(self, lines: Sequence[str]) -> None:
        """Print several lines to the step's output."""
        if self.output:
            self.output.say_all(lines)

    def flush(self) -> None:
        """Pass on the lines that the redactor of the step's output holds back."""
        if self.output:
            self.output.flush()

    def make_copier(self) -> Copier:
        """Make a copier for files of this job."""
        return Copier(self.folder.home, self.interrupt, self.say, self.size_limit)

    def with_output(self, output: StepOutput) -> "JobContext":
        """Return the same context, with `output` as the output of the current step."""
        return replace(self, output=output)
