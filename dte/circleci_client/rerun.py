"""Reruns a workflow from its start, and waits for the new workflow.

Source: CircleCI docs, "API v2 reference", `POST /workflow/{id}/rerun`. Since
2026-04-28, this request fails for a workflow that has not ended.
"""

import time
from collections.abc import Callable, Sequence

from dte.circleci_client.attempts import ENDED, Attempt
from dte.circleci_client.client import Client
from dte.errors import UserError

POLL_SECONDS = 10.0


def refuse_running(client: Client, attempts: Sequence[Attempt]) -> None:
    """Raise `UserError` if an attempt of the workflow has not ended."""
    for attempt in attempts:
        if not attempt.ended:
            raise UserError(
                f"{attempt.workflow} is {attempt.status}, and CircleCI reruns only "
                "workflows that have ended",
                suggestions=[
                    f"wait for it or cancel it: {client.access.link(attempt.id)}"
                ],
            )


def start_rerun(client: Client, workflow: str) -> str:
    """Rerun the workflow with this id from its start; return the new workflow's id."""
    answer = client.post("workflow", workflow, "rerun", body={"from_failed": False})
    return str(answer["workflow_id"])


def wait_for(
    client: Client,
    workflow: str,
    show: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Wait until a workflow ends, and return its status; `show` gets each change."""
    shown = ""
    while True:
        status = str(client.get("workflow", workflow)["status"])
        jobs = client.get_all("workflow", workflow, "job")
        counts: dict[str, int] = {}
        for job in jobs:
            counts[str(job["status"])] = counts.get(str(job["status"]), 0) + 1
        line = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        if line != shown:
            show(f"{status}: {line or 'no jobs yet'}")
            shown = line
        if status in ENDED:
            return status
        sleep(POLL_SECONDS)
