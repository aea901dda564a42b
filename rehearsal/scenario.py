"""What a person does after the first run: press Rerun, mend a variable, wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.errors import UserError
from rehearsal.plan.reruns import Rerun, RerunKind

FORMS = (
    "rerun-from-failed",
    "rerun-from-start",
    "rerun:JOB[,JOB]",
    "push:BRANCH[@REVISION]",
    "set:NAME=VALUE",
    "expire-workspace",
    "lose-caches",
)


@dataclass(frozen=True)
class Press:
    """Press Rerun."""

    rerun: Rerun


@dataclass(frozen=True)
class Push:
    """Push a branch, which starts a pipeline of its own; empty: what it points at."""

    branch: str
    revision: str


@dataclass(frozen=True)
class SetVariable:
    """Set a project variable; the workflows that start afterwards see it."""

    name: str
    value: str


@dataclass(frozen=True)
class ExpireWorkspace:
    """Let the workspace expire, as it does after 15 days."""


@dataclass(frozen=True)
class LoseCaches:
    """Lose every cache, as CircleCI may."""


Action = Press | Push | SetVariable | ExpireWorkspace | LoseCaches


def parse_action(text: str) -> Action:
    """The action that `text` names, in one of `FORMS`; raises `UserError`."""
    word, _, argument = text.partition(":")
    if word == "set" and "=" in argument:
        return SetVariable(*argument.split("=", 1))
    if word == "rerun" and argument:
        jobs = frozenset(name.strip() for name in argument.split(","))
        return Press(Rerun(RerunKind.JOBS, jobs))
    if word == "push" and argument:
        branch, _, revision = argument.partition("@")
        return Push(branch, revision)
    simple: dict[str, Action] = {
        "rerun-from-failed": Press(Rerun(RerunKind.FROM_FAILED)),
        "rerun-from-start": Press(Rerun(RerunKind.FROM_START)),
        "expire-workspace": ExpireWorkspace(),
        "lose-caches": LoseCaches(),
    }
    if text not in simple:
        raise UserError(
            f"--then {text} is not known", suggestions=["one of: " + ", ".join(FORMS)]
        )
    return simple[text]


def parse_expectations(text: str, actions: Sequence[Action]) -> tuple[str, ...]:
    """The statuses that the runs should end in; empty where none were named."""
    if not text:
        return ()
    statuses = tuple(word.strip() for word in text.split(","))
    runs = 1 + sum(isinstance(action, Press | Push) for action in actions)
    if unknown := sorted(set(statuses) - {"success", "failed", "canceled"}):
        raise UserError(
            f"--expect {unknown[0]} is not a status",
            suggestions=["one of: success, failed, canceled"],
        )
    if len(statuses) != runs:
        raise UserError(
            f"--expect names {len(statuses)} statuses, and there are {runs} runs"
        )
    return statuses
