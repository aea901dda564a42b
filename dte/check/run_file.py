"""The file `.nx/ci-config.yaml` that configures the run of a job."""

from __future__ import annotations

from dte.check.facts import CheckedJob
from dte.check.followed import join
from dte.check.nx_calls import STARTS
from dte.check.repository import Repository
from dte.check.variables import setting_of
from dte.parse import LocatedMap


def run_file(job: CheckedJob, repository: Repository) -> tuple[str, LocatedMap] | None:
    """The name and the content of the file in the workspace whose run a job starts."""
    return repository.ci_config(run_folder(job))


def run_folder(job: CheckedJob) -> str:
    """The folder in which the job starts its run, as seen from the checkout."""
    started = job.program("start_ci_run")
    if started and job.call.job:
        own = str(started.step.arguments.get("working_directory", ""))
        return join(join(".", job.call.job.working_directory), own)
    return next((call.folder for call in job.calls_of(*STARTS)), ".")


def starts_with_flags(job: CheckedJob, repository: Repository) -> bool:
    """Whether dte starts the run of the job with flags, and not from a file."""
    start = setting_of(job, "start_ci_run", "DTE_START")
    return start == "flags" or (start == "auto" and not run_file(job, repository))
