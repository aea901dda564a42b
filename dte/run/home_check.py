"""Refuses jobs that write outside their home folder, before the first job starts."""

import posixpath
from collections.abc import Iterator, Sequence

from dte.compile.step_kinds import KINDS
from dte.errors import NOT_REHEARSABLE, UserError
from dte.model import Job, Where, WorkflowJob


def refuse_outside_home(jobs: Sequence[WorkflowJob]) -> None:
    """Raise `UserError` if a job would write to a folder outside its home.

    A rehearsal has no containers: a job that writes to `/tmp/x` would write to the real
    `/tmp/x`, which every other job sees and which remains after the rehearsal.
    """
    for workflow_job in jobs:
        for path, where in _list_written(workflow_job.job) if workflow_job.job else ():
            if not _is_below_home(path):
                raise UserError(
                    f"{where}: {path} is outside the job's home folder, so a rehearsal "
                    "doesn't write there",
                    suggestions=["write it as ~/…, or relative to the checkout"],
                    exit_code=NOT_REHEARSABLE,
                )


def _list_written(job: Job) -> Iterator[tuple[str, Where]]:
    base = job.working_directory
    yield base, job.where
    for step in job.all_steps:
        for key in KINDS[step.kind].writes:
            value = step.arguments.get(key, ".")
            for path in [value] if isinstance(value, str) else value:
                whole = path if path[:1] == "~" else posixpath.join(base, path)
                yield whole, step.where


def _is_below_home(path: str) -> bool:
    normal = posixpath.normpath(path)
    return normal == "~" or normal.startswith("~/")
