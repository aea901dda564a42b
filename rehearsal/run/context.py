"""What a step of a running job has at hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rehearsal.config import Job
from rehearsal.faults import FaultPlan
from rehearsal.plan.reruns import Assumptions
from rehearsal.run.caches import Caches
from rehearsal.run.environment import Pipeline, expand_home
from rehearsal.run.folders import JobFolder
from rehearsal.run.interrupt import Interrupt
from rehearsal.run.results import JobRun, WorkflowRun
from rehearsal.run.workspace import Workspaces


@dataclass(frozen=True)
class Stores:
    """What jobs share, as CircleCI keeps it for them."""

    workspaces: Workspaces
    caches: Caches
    artifacts: Path


@dataclass(frozen=True)
class JobContext:
    """One job while it runs; `upstream` maps each upstream job to those above it."""

    job: Job
    run: JobRun
    workflow: WorkflowRun
    pipeline: Pipeline
    folder: JobFolder
    env: Mapping[str, str]
    secrets: Mapping[str, str]
    upstream: Mapping[str, frozenset[str]]
    stores: Stores
    assumptions: Assumptions
    faults: FaultPlan
    interrupt: Interrupt
    say: Callable[[str], None] = field(repr=False)

    @property
    def working_directory(self) -> Path:
        """The folder in which the job's steps run."""
        return self.place(self.job.working_directory, self.folder.home)

    def place(self, path: str, relative_to: Path | None = None) -> Path:
        """A path of the config's, on this machine."""
        return expand_home(
            path, self.folder.home, relative_to or self.working_directory
        )

    def with_voice(self, say: Callable[[str], None]) -> "JobContext":
        """The same job, whose words go to `say`."""
        return replace(self, say=say)
