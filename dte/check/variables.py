"""Finds the environment variables that a config sets for a job, and their positions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dte.check.facts import CheckedJob, CheckedStep
from dte.model import Where

_EXPORT = re.compile(r"(?:^|\s)(?:export\s+|ENV\s+)?([A-Z]\w*)=(\S*)")


@dataclass(frozen=True)
class Variable:
    """A variable; ``in_shell`` is True if a shell expands its value.

    CircleCI doesn't expand values in `environment:` (CircleCI docs, "Set an environment
    variable").
    """

    name: str
    value: str
    where: Where
    in_shell: bool

    @property
    def is_literal(self) -> bool:
        """Whether the value is the same in each job and each run of this config."""
        return not (self.in_shell and re.search(r"[$`]", self.value))


def variables_of(job: CheckedJob, *names: str) -> Iterator[Variable]:
    """Yield the variables with these names that the job sets.

    The variables of steps come first, then the job's, then the container's. Variables
    of the project, of contexts, and in files that scripts write are not found.
    """
    for step in job.steps:
        for call in step.calls:
            yield from _of_map(call.environment, names, call.where, in_shell=True)
        yield from _of_map(step.environment, names, step.where)
        for command, where in step.commands:
            text = " ".join(command.words)
            exports = dict(_EXPORT.findall(text)) if "export" in text else {}
            yield from _of_map(exports, names, where, in_shell=True)
    yield from _of_map(job.environment, names, job.where)
    yield from _of_map(_of_container(job), names, job.where)


def _of_map(
    values: Mapping[str, Any],
    names: tuple[str, ...],
    where: Where,
    in_shell: bool = False,
) -> Iterator[Variable]:
    for name in names:
        if name in values:
            yield Variable(name, str(values[name]), where, in_shell)


def environment_of(job: CheckedJob, step: CheckedStep) -> dict[str, Any]:
    """Return the variables that the `environment` keys set for a step.

    The step's variables take precedence over the job's, and the job's over the
    container's (CircleCI docs, "Introduction to environment variables").
    """
    return {**_of_container(job), **job.environment, **step.environment}


def _of_container(job: CheckedJob) -> Mapping[str, Any]:
    images = job.call.job.executor.get("docker") if job.call.job else None
    return (images[0].get("environment") or {}) if images else {}


def value_of(job: CheckedJob, name: str) -> str | None:
    """Return the value of a variable for the job; None if the config doesn't set it."""
    return next((variable.value for variable in variables_of(job, name)), None)


def setting_of(job: CheckedJob, program: str, name: str) -> str | None:
    """Return a variable of the step that runs this program; None if no step runs it."""
    step = job.program(program)
    return None if step is None else str(step.environment.get(name, ""))


def execution_of(job: CheckedJob) -> str:
    """Return the name of the run's environment (NX_CI_EXECUTION_ENV), or ""."""
    for program in ("start_ci_run", "start_agent"):
        if own := setting_of(job, program, "DTE_EXECUTION_ENVIRONMENT"):
            return own
    return value_of(job, "NX_CI_EXECUTION_ENV") or ""
