"""Ask CircleCI to rerun a workflow from its start, at most once.

Source: CircleCI docs, API v2 reference, Rerun a workflow. When the answer is lost, the
rerun may have started, so the request is not repeated.
"""

import re
from typing import NamedTuple

from circleci import SET_TOKEN, ApiFailure, CircleCIClient, UnknownOutcome

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,99}")


class Started(NamedTuple):
    """The outcome of the request: the new workflow's id, or why it is unknown."""

    workflow_id: str = ""
    doubt: str = ""


def rerun_from_start(circleci: CircleCIClient, workflow_id: str) -> Started:
    """Request the rerun; raises `ApiFailure` when it certainly did not start."""
    try:
        fields = circleci.post(
            "workflow", workflow_id, "rerun", fields={"from_failed": False}
        )
    except UnknownOutcome as doubt:
        return Started(doubt=str(doubt))
    except ApiFailure as failure:
        raise _explain(circleci, failure) from None
    found = fields.get("workflow_id")
    # An echoed token appears here as "[token]", which is not an id.
    if isinstance(found, str) and _ID.fullmatch(found):
        return Started(workflow_id=found)
    return Started(doubt="its answer names no workflow")


def _explain(circleci: CircleCIClient, failure: ApiFailure) -> ApiFailure:
    if failure.status in (401, 403, 404):
        return ApiFailure(
            f"{circleci.host} answered {failure.status}: this token may not rerun "
            "workflows",
            suggestions=[SET_TOKEN],
        )
    if failure.suggestions:
        return failure
    return ApiFailure(
        failure.message,
        suggestions=[
            "CircleCI reruns a workflow at most 100 times, and only for 90 days"
        ],
    )
