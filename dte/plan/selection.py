"""Selects the jobs of a workflow that match the user's patterns."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

from dte.errors import UserError
from dte.model import WorkflowJob
from dte.plan.graph import find_upstream


def select_named(
    jobs: Sequence[WorkflowJob], patterns: Sequence[str], *, with_needs: bool
) -> tuple[WorkflowJob, ...]:
    """Return the jobs that match one of the glob `patterns`.

    With `with_needs`, adds all jobs that these jobs require, even indirectly. Without
    patterns, returns all jobs. Requirements on jobs that are not returned are dropped.
    Raises `UserError` for a pattern that matches no job.
    """
    if not patterns:
        return tuple(jobs)
    wanted: set[str] = set()
    for pattern in patterns:
        wanted |= _match(jobs, pattern)
    if with_needs:
        upstream = find_upstream(jobs)
        wanted = wanted.union(*(upstream[name] for name in wanted))
    return tuple(
        replace(
            job, requires=tuple(need for need in job.requires if need.job in wanted)
        )
        for job in jobs
        if job.name in wanted
    )


def _match(jobs: Sequence[WorkflowJob], pattern: str) -> set[str]:
    names = [job.name for job in jobs]
    found = {name for name in names if fnmatchcase(name, pattern)}
    if not found:
        near = get_close_matches(pattern, names, n=3, cutoff=0.5) or names
        raise UserError(
            f"no job is named {pattern}",
            suggestions=["did you mean: " + ", ".join(near)],
        )
    return found
