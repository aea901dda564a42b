"""One sentence about the attempts of a workflow, and what to do next."""

from collections.abc import Sequence

from dte.circleci_client.attempts import Attempt

WAITING = {
    "on_hold": "waits for an approval",
    "running": "is running",
    "failing": "is running, and a job failed",
}


def tell(attempts: Sequence[Attempt]) -> str:
    """Return what happened to the last attempt, and the next step after a failure."""
    last = attempts[-1]
    name = f"attempt {last.number}" if last.number else f"the {last.kind}"
    if not last.ended:
        return f"{last.workflow}: {name} {WAITING.get(last.status, last.status)}."
    if last.status == "success":
        return _tell_success(attempts, name)
    command = f"rerun it from the start: dte rerun {last.id}"
    if last.status == "failed" and _is_refused(last):
        reran = _join(last.ran)
        return (
            f"{last.workflow}: {reran} was refused, because only failed jobs were "
            f"rerun and {_join(last.carried_over)} did not run again; {command}"
        )
    if last.status == "failed":
        return f"{last.workflow}: {name} failed in {_join(last.failed)}; {command}"
    return f"{last.workflow}: {name} ended with status {last.status}; {command}"


def _tell_success(attempts: Sequence[Attempt], name: str) -> str:
    refused = sum(1 for attempt in attempts[:-1] if _is_refused(attempt))
    reruns = "partial rerun was" if refused == 1 else "partial reruns were"
    before = f" after {refused} {reruns} refused" if refused else ""
    return f"{attempts[-1].workflow}: {name} passed{before}."


def _is_refused(attempt: Attempt) -> bool:
    """Return whether dte refused the attempt.

    A refused attempt is a failed partial rerun in which the attempt job did not run.
    """
    return attempt.status == "failed" and any(
        name.rpartition("/")[2].startswith("attempt") for name in attempt.carried_over
    )


def _join(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names) or "no job"
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} more jobs"
    return f"{', '.join(names[:-1])} and {names[-1]}"
