"""Reads the file `.nx/ci-config.yaml`, which configures a job's run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dte.check.facts import CheckedJob
from dte.check.followed import join
from dte.check.nx_calls import STARTS
from dte.check.repository import Repository
from dte.check.variables import execution_of, setting_of
from dte.model import Where
from dte.parse import LocatedMap

_KEY = "distribute-on"


class DistributeOn(NamedTuple):
    """A `distribute-on` of a run; ``keys`` is its path, such as `dte.distribute-on`."""

    keys: str
    value: Any
    where: Where

    @property
    def is_of_run(self) -> bool:
        """Whether the key is in a section `dte`, from which Nx Cloud reads it."""
        return f".{self.keys}".endswith(f".dte.{_KEY}")


def run_file(job: CheckedJob, repository: Repository) -> tuple[str, LocatedMap] | None:
    """Return the name and content of `.nx/ci-config.yaml` for a job's run, or None."""
    return repository.ci_config(run_folder(job))


def run_folder(job: CheckedJob) -> str:
    """Return the folder in which the job starts its run, relative to the checkout."""
    started = job.program("start_ci_run")
    if started and job.call.job:
        own = str(started.step.arguments.get("working_directory", ""))
        return join(join(".", job.call.job.working_directory), own)
    return next((call.folder for call in job.calls_of(*STARTS)), ".")


def starts_with_flags(job: CheckedJob, repository: Repository) -> bool:
    """Return whether dte starts the job's run with flags, and not from a file."""
    start = setting_of(job, "start_ci_run", "DTE_START")
    return start == "flags" or (start == "auto" and not run_file(job, repository))


def list_distributions(job: CheckedJob, repository: Repository) -> list[DistributeOn]:
    """Return each `distribute-on` in `.nx/ci-config.yaml` that applies to a job's run.

    An override for this run's environment replaces the value in the section `dte`;
    overrides for other environments have no effect, as in scripts/lib/ci_config.py.
    """
    file = run_file(job, repository)
    if file is None:
        return []
    _, content = file
    environment = execution_of(job)
    overrides = content.get("overrides")
    own = overrides.get(environment) if isinstance(overrides, LocatedMap) else None
    replaced = list(_walk(own, f"overrides.{environment}."))
    found = _walk(content, "")
    general = [one for one in found if not one.keys.startswith("overrides.")]
    if any(one.is_of_run for one in replaced):
        general = [one for one in general if one.keys != f"dte.{_KEY}"]
    return [*general, *replaced]


def _walk(value: Any, keys: str) -> Iterator[DistributeOn]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, f"{keys}{number}.")
    if isinstance(value, LocatedMap):
        for key, item in value.items():
            if key == _KEY:
                yield DistributeOn(keys + key, item, value.where_is(key))
            else:
                yield from _walk(item, f"{keys}{key}.")
