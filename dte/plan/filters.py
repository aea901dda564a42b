"""Selects the jobs of a workflow by their branch and tag filters.

Source: CircleCI docs, Configuration reference, "Job filters". A job without a tag
filter does not run for a tag; a pattern in slashes has to match the whole name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dte.model import WorkflowJob
from dte.patterns import compile_pattern


def select_jobs(
    jobs: Sequence[WorkflowJob], *, branch: str, tag: str
) -> tuple[WorkflowJob, ...]:
    """Return the jobs that run for this branch or tag.

    A requirement on a job that is filtered out is ignored, but a job does not run if
    all jobs that it requires are filtered out (Configuration reference, `requires`).
    """
    names = {job.name for job in jobs if _passes(job.filters, branch, tag)}
    while True:
        kept = {job.name for job in jobs if job.name in names and _can_run(job, names)}
        if kept == names:
            return tuple(
                _without_missing(job, names) for job in jobs if job.name in names
            )
        names = kept


def _can_run(job: WorkflowJob, names: set[str]) -> bool:
    return not job.requires or any(need.job in names for need in job.requires)


def _without_missing(job: WorkflowJob, names: set[str]) -> WorkflowJob:
    requires = tuple(need for need in job.requires if need.job in names)
    return replace(job, requires=requires)


def _passes(filters: Mapping[str, Any], branch: str, tag: str) -> bool:
    if tag:
        # An empty map of tags allows no tag ("Job filters").
        return bool(filters.get("tags")) and _matches(filters["tags"], tag)
    return _matches(filters.get("branches", {}), branch)


def _matches(rule: Mapping[str, Any], name: str) -> bool:
    only, ignore = _as_list(rule.get("only")), _as_list(rule.get("ignore"))
    if only:
        return any(_equals(pattern, name) for pattern in only)
    return not any(_equals(pattern, name) for pattern in ignore)


def _as_list(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _equals(pattern: str, name: str) -> bool:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return compile_pattern(pattern[1:-1]).matches(name)
    return pattern == name
