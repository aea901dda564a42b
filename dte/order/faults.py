"""Injected faults: in a job's steps, on its machine, and in the services."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from dte.errors import UserError
from dte.nx_cloud import Faults as CloudFaults
from dte.nx_cloud.faults import CLOUD_FAULTS, NO_FAULTS

LOST = "KILL"
CANCEL = "CANCEL"
API_FAULTS = ("api-down", "api-unauthorized", "api-garbage", "api-refuses-reruns")
_DAY_SECONDS = 86400.0


@dataclass(frozen=True)
class Failure:
    """A step that fails instead of running.

    `job` is a glob pattern. `step` is a glob pattern, the step's number, or the
    beginning of its name.
    """

    job: str
    step: str

    def __str__(self) -> str:
        return f"--fail {self.job}{':' if self.step else ''}{self.step}"

    def hits(self, job: str, steps: Sequence[str], number: int) -> bool:
        """Return whether this step fails; without a `step`, the first step fails."""
        if not fnmatchcase(job, self.job):
            return False
        return names_step(self.step, steps, number) if self.step else number == 1


@dataclass(frozen=True)
class Kill:
    """A signal to a job's processes, `seconds` after the start of the job or step.

    `KILL` loses the machine, and `CANCEL` cancels the job as CircleCI does. After
    either signal, no further step runs, not even a step with `when: always`.
    """

    job: str
    step: str
    seconds: float
    signal: str

    def __str__(self) -> str:
        target = f"{self.job}{':' if self.step else ''}{self.step}"
        return f"--kill {target}@{self.seconds:g}:{self.signal}"

    def hits(self, job: str, steps: Sequence[str], number: int) -> bool:
        """Return whether the timer of this kill starts together with this step.

        Number 0 is the job itself.
        """
        if not fnmatchcase(job, self.job):
            return False
        return names_step(self.step, steps, number) if self.step else not number


def names_step(text: str, steps: Sequence[str], number: int) -> bool:
    """Return whether `text` names the step `number` of a job, counted from 1.

    `text` is the step's number, with or without leading zeros, or a pattern for the
    step's name. If no step matches this pattern, `text` is the beginning of the name.
    """
    if text.isdecimal():
        return (text.lstrip("0") or "0") == str(number)
    if not number:
        return False
    if any(fnmatchcase(name, text) for name in steps):
        return fnmatchcase(steps[number - 1], text)
    return steps[number - 1].startswith(text)


@dataclass(frozen=True)
class FaultPlan:
    """All faults that are active."""

    failures: tuple[Failure, ...] = ()
    kills: tuple[Kill, ...] = ()
    cloud: CloudFaults = NO_FAULTS
    api: frozenset[str] = frozenset()

    def with_service_fault(self, text: str) -> "FaultPlan":
        """Return this plan with one more service fault, or raise `UserError`."""
        name, _, number = text.partition("=")
        if name in API_FAULTS and not number:
            return replace(self, api=self.api | {name})
        amount = _read_number(text, number)
        if name not in CLOUD_FAULTS:
            raise UserError(
                f"--fault {text} is unknown",
                suggestions=["one of: " + ", ".join((*CLOUD_FAULTS, *API_FAULTS))],
            )
        return replace(self, cloud=CLOUD_FAULTS[name](self.cloud, amount))


def _read_number(text: str, number: str) -> int | None:
    if number and not number.isdecimal():
        raise UserError(f"--fault {text}: {number} is not a number")
    return int(number) if number else None


def refuse_unmatched(plan: FaultPlan, jobs: Mapping[str, Sequence[str]]) -> None:
    """Raise `UserError` for a failure or kill that matches no job or no step.

    `jobs` maps each job's name to the names of its steps.
    """
    faults: tuple[Failure | Kill, ...] = (*plan.failures, *plan.kills)
    for fault in faults:
        matched = [
            steps for name, steps in jobs.items() if fnmatchcase(name, fault.job)
        ]
        if not matched:
            raise UserError(
                f"no job is named {fault.job}",
                suggestions=["the workflow has: " + ", ".join(jobs)],
            )
        if fault.step:
            _refuse_unmatched_step(fault, matched)


def _refuse_unmatched_step(
    fault: "Failure | Kill", jobs: Sequence[Sequence[str]]
) -> None:
    """Raise `UserError` if no step matches, or if several begin with `fault.step`."""
    hits = [
        [
            (number, name)
            for number, name in enumerate(steps, 1)
            if names_step(fault.step, steps, number)
        ]
        for steps in jobs
    ]
    if not any(hits):
        every = sorted({step for steps in jobs for step in enumerate(steps, 1)})
        raise UserError(
            f"no step of {fault.job} is named {fault.step}",
            suggestions=["it has the steps: " + _list_steps(every)],
        )
    for found in hits:
        begun = [name for _, name in found if not fnmatchcase(name, fault.step)]
        if len(begun) > 1:
            raise UserError(
                f"several steps of {fault.job} begin with {fault.step}",
                suggestions=["give the number of one of: " + _list_steps(found)],
            )


def _list_steps(steps: Sequence[tuple[int, str]]) -> str:
    first_lines = [(number, name.partition("\n")[0]) for number, name in steps]
    return ", ".join(f"{number} {line}" for number, line in first_lines)


def parse_failure(text: str) -> Failure:
    """Return the failure in JOB[:STEP]."""
    job, _, step = text.partition(":")
    if not job:
        raise UserError(f"--fail {text} is not of the form JOB[:STEP]")
    return Failure(job, step)


def parse_kill(text: str) -> Kill:
    """Return the kill in JOB[:STEP]@SECONDS[:SIGNAL]; the default signal is KILL."""
    target, at, moment = text.rpartition("@")
    job, _, step = target.partition(":")
    seconds, _, name = moment.partition(":")
    name = (name or LOST).removeprefix("SIG")
    try:
        if not at or not job:
            raise ValueError("no job")
        kill = Kill(job, step, float(seconds), name)
        if not 0 <= kill.seconds < _DAY_SECONDS:
            raise ValueError("not a time within a day")
    except ValueError as error:
        raise UserError(
            f"--kill {text} is not of the form JOB[:STEP]@SECONDS[:SIGNAL]"
        ) from error
    if name != CANCEL and f"SIG{name}" not in signal.Signals.__members__:
        raise UserError(f"--kill {text}: there is no signal {name}")
    return kill
