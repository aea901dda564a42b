"""Parses the actions after the first run, such as a rerun, a variable or a push."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dte.errors import UserError
from dte.order.faults import FaultPlan, parse_failure, parse_kill
from dte.plan.reruns import Rerun, RerunKind

FORMS = (
    "rerun-from-failed",
    "rerun-from-start",
    "rerun:JOB[,JOB]",
    "rerun-with-ssh:JOB",
    "push:BRANCH[@REVISION]",
    "set:NAME=VALUE",
    "expire-workspace",
    "lose-caches",
    "fail:JOB[:STEP]",
    "kill:JOB[:STEP]@SECONDS[:SIGNAL]",
    "fault:NAME[=NUMBER]",
    "fix",
)


@dataclass(frozen=True)
class Press:
    """Rerun the last workflow, in the way that `rerun` describes."""

    rerun: Rerun


@dataclass(frozen=True)
class Push:
    """Push a branch, which starts a pipeline; an empty `revision` is the branch tip."""

    branch: str
    revision: str


@dataclass(frozen=True)
class SetVariable:
    """Set a project variable for all workflows that start afterwards."""

    name: str
    value: str


@dataclass(frozen=True)
class ExpireWorkspace:
    """Expire the workspace, as CircleCI does after 15 days."""


@dataclass(frozen=True)
class LoseCaches:
    """Lose all caches, as may happen on CircleCI."""


@dataclass(frozen=True)
class SetFaults:
    """Change which faults are active."""

    change: Callable[[FaultPlan], FaultPlan]


Action = Press | Push | SetFaults | SetVariable | ExpireWorkspace | LoseCaches


def parse_action(text: str) -> Action:
    """Return the action that `text` describes in one of `FORMS`; raises `UserError`."""
    word, _, argument = text.partition(":")
    if word == "set" and argument.find("=") > 0:
        return SetVariable(*argument.split("=", 1))
    if word == "rerun" and argument:
        jobs = frozenset(name.strip() for name in argument.split(","))
        return Press(Rerun(RerunKind.JOBS, jobs))
    if word == "rerun-with-ssh" and argument:
        return Press(Rerun(RerunKind.WITH_SSH, frozenset({argument.strip()})))
    if word == "push" and argument:
        branch, _, revision = argument.partition("@")
        return Push(branch, revision)
    if word in ("fail", "kill", "fault") and argument:
        return SetFaults(_parse_fault(word, argument))
    simple: dict[str, Action] = {
        "rerun-from-failed": Press(Rerun(RerunKind.FROM_FAILED)),
        "rerun-from-start": Press(Rerun(RerunKind.FROM_START)),
        "expire-workspace": ExpireWorkspace(),
        "lose-caches": LoseCaches(),
        "fix": SetFaults(lambda _before: FaultPlan()),
    }
    if text not in simple:
        raise UserError(
            f"--then {text} is unknown", suggestions=["one of: " + ", ".join(FORMS)]
        )
    return simple[text]


def _parse_fault(word: str, text: str) -> Callable[[FaultPlan], FaultPlan]:
    if word == "fail":
        failure = parse_failure(text)
        return lambda plan: replace(plan, failures=(*plan.failures, failure))
    if word == "kill":
        kill = parse_kill(text)
        return lambda plan: replace(plan, kills=(*plan.kills, kill))
    FaultPlan().with_service_fault(text)
    return lambda plan: plan.with_service_fault(text)


def plan_faults(
    failures: Sequence[str], kills: Sequence[str], services: Sequence[str]
) -> FaultPlan:
    """Return the faults that the options `--fail`, `--kill` and `--fault` inject."""
    plan = FaultPlan(
        failures=tuple(parse_failure(text) for text in failures),
        kills=tuple(parse_kill(text) for text in kills),
    )
    for text in services:
        plan = plan.with_service_fault(text)
    return plan


def parse_expectations(text: str) -> tuple[str, ...]:
    """Return the expected status of each run; empty if the user expects nothing."""
    if not text:
        return ()
    statuses = tuple(word.strip() for word in text.split(","))
    if unknown := sorted(set(statuses) - {"success", "failed", "canceled"}):
        raise UserError(
            f"--expect {unknown[0]} is not a status",
            suggestions=["one of: success, failed, canceled"],
        )
    return statuses
