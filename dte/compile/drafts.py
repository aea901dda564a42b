"""The jobs of a workflow before their names and requirements are final."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dte.compile.requirements import WrittenRequirement
from dte.model import Job, Where


@dataclass(frozen=True)
class Draft:
    """A job of a workflow; ``job`` is None for an approval.

    ``alias`` is a further name in `requires`, for all jobs of a matrix or for a job
    group. ``group`` is the name of the job group that contains the job; no job outside
    the group may require it. A ``broken`` draft is a placeholder for the jobs that an
    invalid call would create.
    """

    name: str
    alias: str | None
    job: Job | None
    requires: tuple[WrittenRequirement, ...]
    contexts: tuple[str, ...]
    filters: Mapping[str, Any]
    where: Where
    extra: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    broken: bool = False


@dataclass(frozen=True)
class DraftWorkflow:
    """A workflow, before the names of its jobs are final.

    ``settings`` contains the workflow's other keys as CircleCI would print them.
    ``runs`` is False for a workflow that waits for its schedule.
    """

    name: str
    drafts: tuple[Draft, ...]
    max_auto_reruns: int
    where: Where
    settings: Mapping[str, Any] = field(default_factory=dict)
    runs: bool = True
