"""Writes one sentence about a workflow's attempts and what the user should do next."""

from collections.abc import Sequence

from dte.circleci_client.attempts import AUTOMATIC, WITH_SSH, Attempt

WAITING = {
    "on_hold": "waits for an approval",
    "running": "is running",
    "failing": "is running, and a job failed",
}
REASONS = {
    "rerun from failed": "only failed jobs were rerun",
    AUTOMATIC: "CircleCI reran only failed jobs (max_auto_reruns)",
    WITH_SSH: "only this job was rerun with SSH",
}
ADVICE = {
    AUTOMATIC: "remove max_auto_reruns from the workflow, and ",
    WITH_SSH: "to debug a refused job, set the project variable DTE_RERUN_GUARD to "
    "off; or ",
}


def tell(attempts: Sequence[Attempt]) -> str:
    """Return what happened to the last attempt, and the next step after a failure."""
    last = attempts[-1]
    name = f"attempt {last.number}" if last.number else f"the {last.kind}"
    if not last.ended:
        return f"{last.workflow}: {name} {WAITING.get(last.status, last.status)}."
    command = f"rerun it from the start: dte rerun {last.id}"
    if last.refused or last.perhaps_refused:
        advice = ADVICE.get(last.kind, "")
        return f"{last.workflow}: {_tell_refusal(attempts)}; {advice}{command}"
    if last.failed:
        return f"{last.workflow}: {name} failed in {_join(last.failed)}; {command}"
    left = () if last.number else _list_unsolved(attempts)
    if left and last.ran and last.status in ("success", "failed"):
        return (
            f"{last.workflow}: {name} passed in {_join(last.ran)}, but {_join(left)} "
            f"failed before and did not run again; {command}"
        )
    if last.status == "success":
        return _tell_success(attempts, name)
    return f"{last.workflow}: {name} ended with status {last.status}; {command}"


def _tell_refusal(attempts: Sequence[Attempt]) -> str:
    last = attempts[-1]
    earlier = dict.fromkeys(name for one in attempts for name in one.ran)
    idle = [name for name in earlier if name not in last.ran]
    reason = REASONS.get(last.kind, "only some jobs were rerun")
    return f"{_tell_verdict(last)} {reason} and {_join(idle)} did not run again"


def _tell_verdict(last: Attempt) -> str:
    """Return which jobs dte refused, or under which condition dte refused them."""
    if last.refused:
        verb = "was" if len(last.refused) == 1 else "were"
        also = f"unless DTE_RERUN_GUARD is off, {_join(last.perhaps_refused)} too, "
        more = f"and {also}" if last.perhaps_refused else ""
        return f"{_join(last.refused)} {verb} refused, {more}because"
    them = "it" if len(last.perhaps_refused) == 1 else "them"
    failed = f"{_join(last.perhaps_refused)} failed"
    if last.config_unreadable:
        return f"{failed}; if dte refused {them}, the reason is that"
    return f"{failed}; unless DTE_RERUN_GUARD is off, dte refused {them}, because"


def _tell_success(attempts: Sequence[Attempt], name: str) -> str:
    refused = sum(1 for attempt in attempts[:-1] if attempt.refused)
    reruns = "partial rerun was" if refused == 1 else "partial reruns were"
    before = f" after {refused} {reruns} refused" if refused else ""
    return f"{attempts[-1].workflow}: {name} passed{before}."


def _list_unsolved(attempts: Sequence[Attempt]) -> list[str]:
    """Return the jobs that failed when they last ran."""
    statuses: dict[str, str] = {}
    for attempt in attempts:
        for job in attempt.jobs:
            if job.name in attempt.ran:
                statuses[job.name] = job.status
    return [name for name, status in statuses.items() if status == "failed"]


def _join(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names) or "no job"
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} more jobs"
    return f"{', '.join(names[:-1])} and {names[-1]}"
