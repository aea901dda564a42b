"""The `run` step: a shell, the command, and CircleCI's limits.

Source: CircleCI docs, Configuration reference, `run`: the default shell is bash with
`-eo pipefail`, a `shell` on the step drops these flags, and the default
`no_output_timeout` is ten minutes.
"""

import shlex
from collections.abc import Mapping
from typing import Any

from dte.durations import parse_duration
from dte.model import Step
from dte.run.context import JobContext
from dte.run.processes import Limits, Outcome, watch_process
from dte.run.results import StepFailure
from dte.run.starter import StepProcess

DEFAULT_SHELL = "/bin/bash -eo pipefail"
_REPORT_SECONDS = 10.0


def read_duration(text: str) -> float:
    """Return the seconds in a duration like `10m`; raises `StepFailure`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise StepFailure(str(error)) from error


def run_command(step: Step, context: JobContext) -> Outcome:
    """Run the step's command."""
    silence = limit_silence(
        read_duration(str(step.arguments.get("no_output_timeout", "10m"))),
        context.time_limit,
    )
    process = start_command(step, context)
    return watch_process(process, context, Limits(silence, context.interrupt))


def start_command(step: Step, context: JobContext) -> StepProcess:
    """Start the step's command; raises `StepFailure` if it can't be started."""
    words = step.arguments
    shell = _split_shell(words.get("shell") or context.job.shell or DEFAULT_SHELL)
    argv = [*shell, "-c", str(words["command"])]
    env = {**context.env, **_step_environment(words)}
    cwd = context.resolve_path(str(words.get("working_directory", ".")))
    try:
        cwd.mkdir(parents=True, exist_ok=True)
        return context.starter.start(argv, env=env, cwd=cwd)
    except (OSError, ValueError) as error:
        raise StepFailure(f"the step can't be started: {error}") from error


def limit_silence(silence: float, time_limit: float | None) -> float:
    """Return `silence` in seconds, or what `--time-limit` allows if that is less.

    Nx's timeouts equal `--time-limit`, so a step gets a few seconds more, in which Nx
    can report a timeout.
    """
    if time_limit is None:
        return silence
    return min(silence, time_limit + _REPORT_SECONDS)


def _split_shell(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise StepFailure(f"the shell {text!r} can't be split: {error}") from error


def _step_environment(words: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(text) for name, text in words.get("environment", {}).items()}
