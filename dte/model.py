"""A compiled config as data, the input of `plan` and `run`.

All classes are frozen. `dte.compile.compile_config` creates the data, and nothing
changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Source: Configuration reference, `requires`; `terminal` stands for all of these.
FINAL_JOB_STATUSES = ("success", "failed", "canceled", "unauthorized", "not_run")


@dataclass(frozen=True, slots=True)
class Where:
    """A position in a file that the user wrote; lines and columns start at 1."""

    file: str
    line: int
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Note:
    """A warning or a note about a config that compiles.

    ``severity`` is `warning` if CircleCI may do something unexpected, else `note`;
    ``code`` is in the table of docs/compile.md. ``in_orb`` is true if the note is
    about the source of an orb, which a user of the orb can't change.
    """

    severity: str
    code: str
    where: Where
    text: str
    suggestions: tuple[str, ...] = ()
    in_orb: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a job, with every parameter filled in.

    ``arguments`` contains only the keys that the config gives, such as ``name``. The
    field ``name`` is the name that CircleCI would show, even if the config gives none.
    The values of ``arguments`` are checked. They are strings, except for a mapping of
    strings for ``environment``, a boolean for ``background``, ``docker_layer_caching``
    and ``prefer_same_region``, a tuple of strings for ``paths`` and ``keys``, a string
    or a list of strings for ``fingerprints``, an integer for ``max_auto_reruns`` and
    ``depth``, a string or an integer for ``no_output_timeout``, and a tuple of steps
    for ``steps`` and ``teardown``.
    """

    kind: str
    name: str
    arguments: Mapping[str, Any]
    where: Where


@dataclass(frozen=True)
class Job:
    """One job of a workflow, with commands, executors and matrices expanded.

    ``type`` is `build`, or the type of a job that runs no steps of its own, such as
    `no-op`, `lock` and `release`; ``settings`` contains the job's other keys.
    """

    name: str
    executor: Mapping[str, Any]
    environment: Mapping[str, str]
    working_directory: str
    shell: str | None
    parallelism: int
    steps: tuple[Step, ...]
    where: Where
    type: str = "build"
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps, including nested steps, in the order in which they run."""
        return tuple(_flatten(self.steps))


def _flatten(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _flatten(step.arguments.get("steps", ()))


@dataclass(frozen=True)
class Requirement:
    """A required job, and its final statuses that allow the requiring job to start.

    The status `terminal` is replaced by all the statuses that it stands for.
    """

    job: str
    statuses: frozenset[str] = frozenset({"success"})


@dataclass(frozen=True)
class WorkflowJob:
    """A job in a workflow; ``job`` is None for an approval.

    ``filters`` may contain `branches` and `tags`, each with `only` and `ignore`, as in
    the config. A filter that is an expression is already evaluated, and replaced by
    filters that allow either every branch and tag, or none.
    """

    name: str
    job: Job | None
    requires: tuple[Requirement, ...]
    contexts: tuple[str, ...]
    filters: Mapping[str, Any]
    where: Where


@dataclass(frozen=True)
class Workflow:
    """A workflow whose conditions let it run in this pipeline."""

    name: str
    jobs: tuple[WorkflowJob, ...]
    max_auto_reruns: int
    where: Where


@dataclass(frozen=True)
class CompiledConfig:
    """The config as CircleCI would compile it for one pipeline.

    ``document`` is the processed configuration in plain data; ``stubbed`` lists the
    placeholders for jobs, commands and executors of orbs without a source. A setup
    config is compiled without the config that its pipeline continues with.
    """

    workflows: tuple[Workflow, ...]
    document: Mapping[str, Any]
    stubbed: tuple[str, ...] = ()
    setup: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class PipelineValues:
    """The pipeline values that a config can use.

    CircleCI's page "Project values and variables" lists them. ``parameters`` are
    the arguments that the pipeline was triggered with; ``values`` contains further
    pipeline values by their full names, and takes precedence over the fields from
    ``number`` to ``trigger_source``.
    """

    number: int = 1
    id: str = "00000000-0000-4000-8000-000000000001"
    branch: str = "main"
    tag: str = ""
    revision: str = "0" * 40
    base_revision: str = ""
    default_branch: str = "main"
    project_slug: str = "github/your-organization/your-project"
    git_url: str = "https://github.com/your-organization/your-project"
    trigger_source: str = "webhook"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
