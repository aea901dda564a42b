"""Decide from the API's data whether a partial rerun may become a full one.

Source of the tags and statuses: CircleCI docs, API v2 reference, Workflow.
"""

from typing import NamedTuple, Optional, Sequence

from pipelines import NAMED_JOBS, WorkflowRun

FROM_START = "rerun-workflow-from-beginning"
FROM_FAILED = "rerun-workflow-from-failed"
# The API refuses to rerun a workflow in any other status.
RERUNNABLE_STATUSES = ("success", "failed", "error", "canceled", "unauthorized")
SETTLED_STATUSES = (*RERUNNABLE_STATUSES, "not_run")
MOST_FULL_RUNS = 10


class RerunHistory(NamedTuple):
    """All runs of a pipeline's workflows.

    `own` is the id of this partial rerun, `last` the id of the last full run before it.
    """

    runs: Sequence[WorkflowRun]
    own: str
    last: str
    automatic: bool


class Obstacle(NamedTuple):
    """Why no rerun is started, and the id of the workflow to open."""

    reason: str
    workflow_id: str = ""


def find_obstacle(pipeline: RerunHistory) -> Optional[Obstacle]:
    """Return why the last full run must not be rerun, or None if it may be."""
    last = _find(pipeline, pipeline.last)
    if last is None:
        return Obstacle("CircleCI no longer lists the last full run", pipeline.last)
    runs = [run for run in pipeline.runs if run.name == last.name]
    full = [run for run in runs if run.tag == FROM_START]
    newer = [run for run in full if run.created >= last.created and run.id != last.id]
    if newer:
        newest = max(newer, key=lambda run: run.created)
        return Obstacle("a newer full run exists already", newest.id)
    if pipeline.automatic and full:
        return Obstacle(
            "an automatic rerun does not start a second full run", full[0].id
        )
    if len(full) >= MOST_FULL_RUNS:
        reason = "this pipeline already had {} full reruns".format(len(full))
        return Obstacle(reason, full[0].id)
    other = _find_running(pipeline, runs, last)
    if other is not None:
        return Obstacle("another rerun of the same workflow is still running", other.id)
    if last.status not in RERUNNABLE_STATUSES:
        reason = "the last full run has not ended: it is {}".format(last.status)
        return Obstacle(reason, last.id)
    return None


def _find(pipeline: RerunHistory, workflow_id: str) -> Optional[WorkflowRun]:
    return next((run for run in pipeline.runs if run.id == workflow_id), None)


def _find_running(
    pipeline: RerunHistory, runs: Sequence[WorkflowRun], last: WorkflowRun
) -> Optional[WorkflowRun]:
    """Return a running workflow that is a full run or may start one."""
    own = _find(pipeline, pipeline.own)
    for run in runs:
        known = run.id in (pipeline.own, last.id) or run.tag in NAMED_JOBS
        if known or run.status in SETTLED_STATUSES or run.created < last.created:
            continue
        # Of two concurrent partial reruns, the older one starts the full run.
        if run.tag != FROM_FAILED or own is None:
            return run
        if (run.created, run.id) < (own.created, own.id):
            return run
    return None


def find_started(
    before: Sequence[WorkflowRun], after: Sequence[WorkflowRun], name: str
) -> Optional[WorkflowRun]:
    """Return the workflow `name`'s newest full rerun that is only in `after`."""
    known = {run.id for run in before}
    new = [run for run in after if run.id not in known]
    new = [run for run in new if run.name == name and run.tag == FROM_START]
    return max(new, key=lambda run: run.created, default=None)
