"""Injected faults: in a job's steps, on its machine, and in the services."""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from dte.errors import UserError
from dte.nx_cloud import Faults as CloudFaults
from dte.nx_cloud.faults import NO_FAULTS

LOST = "KILL"
CANCEL = "CANCEL"
API_FAULTS = ("api-down", "api-unauthorized", "api-garbage", "api-refuses-reruns")
_DAY_SECONDS = 86400.0
CLOUD_FAULTS = (
    "cloud-unreachable",
    "cloud-rejects-token",
    "cloud-over-limit",
    "cloud-downloads",
    "cloud-cut-downloads",
)


@dataclass(frozen=True)
class Failure:
    """A step that fails instead of running; `job` and `step` are glob patterns."""

    job: str
    step: str

    def __str__(self) -> str:
        return f"--fail {self.job}{':' if self.step else ''}{self.step}"

    def hits(self, job: str, step: str, position: int) -> bool:
        """Whether this step fails; without `step`, the job's first step does."""
        if not fnmatchcase(job, self.job):
            return False
        return fnmatchcase(step, self.step) if self.step else position == 0


@dataclass(frozen=True)
class Kill:
    """A signal to a job's processes, `seconds` after the start of the job or step.

    `KILL` loses the machine, and `CANCEL` cancels the job as CircleCI does: no step
    runs after either, not even one with `when: always`.
    """

    job: str
    step: str
    seconds: float
    signal: str

    def __str__(self) -> str:
        target = f"{self.job}{':' if self.step else ''}{self.step}"
        return f"--kill {target}@{self.seconds:g}:{self.signal}"

    def hits(self, job: str, step: str) -> bool:
        """Whether its clock starts with this step ("" is the job itself)."""
        if not fnmatchcase(job, self.job):
            return False
        return fnmatchcase(step, self.step) if self.step else not step


@dataclass(frozen=True)
class FaultPlan:
    """All faults that are active."""

    failures: tuple[Failure, ...] = ()
    kills: tuple[Kill, ...] = ()
    cloud: CloudFaults = NO_FAULTS
    api: frozenset[str] = frozenset()

    def with_service_fault(self, text: str) -> "FaultPlan":
        """This plan with one more service fault; raises `UserError`."""
        name, _, number = text.partition("=")
        amount = _read_amount(text, number)
        if name in API_FAULTS and not number:
            return replace(self, api=self.api | {name})
        changes: Mapping[str, Mapping[str, bool | int]] = {
            "cloud-unreachable": (
                {"unreachable_after": amount} if number else {"unreachable": True}
            ),
            "cloud-rejects-token": {"reject_token": True},
            "cloud-over-limit": {"over_limit": True},
            "cloud-downloads": {"fail_client_downloads": amount},
            "cloud-cut-downloads": {"cut_client_downloads": amount},
        }
        if name not in changes:
            raise UserError(
                f"--fault {text} is unknown",
                suggestions=["one of: " + ", ".join(CLOUD_FAULTS + API_FAULTS)],
            )
        return replace(self, cloud=replace(self.cloud, **changes[name]))  # type: ignore[arg-type]


def _read_amount(text: str, number: str) -> int:
    if number and not number.isdecimal():
        raise UserError(f"--fault {text}: {number} is not a number")
    return int(number or 1)


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
        known = {name for steps in matched for name in steps}
        if fault.step and not any(fnmatchcase(name, fault.step) for name in known):
            raise UserError(
                f"no step of {fault.job} is named {fault.step}",
                suggestions=["it has the steps: " + ", ".join(sorted(known))],
            )


def parse_failure(text: str) -> Failure:
    """The failure in JOB[:STEP]."""
    job, _, step = text.partition(":")
    if not job:
        raise UserError(f"--fail {text} is not of the form JOB[:STEP]")
    return Failure(job, step)


def parse_kill(text: str) -> Kill:
    """The kill in JOB[:STEP]@SECONDS[:SIGNAL]; the default signal is KILL."""
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
