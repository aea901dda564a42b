"""Turn a partial rerun into a full one. Runs only after main failed; needs no Nx.

It always fails. The workflow has failed anyway, and only a job that failed is certain
to run again in the next rerun ("Automatic reruns" in CircleCI's docs).
"""

import sys
import time
from typing import List

from api_settings import read_api_url, read_token
from attempts import AttemptRecord, describe_damage, find_records
from circleci import SET_TOKEN, ApiFailure, CircleCIClient
from failures import Refusal, say
from pipelines import WorkflowRun, read_next_page, read_workflows
from rerun_request import Started, rerun_from_start
from reruns import RerunHistory, find_obstacle, find_started
from settings import read_switch, require_id, workflow_link

MOST_PAGES = 20
LOOKS = (2.0, 4.0, 8.0)
# These limits, with the pauses in LOOKS, add up to less than two minutes.
LIST_SECONDS = 40.0
REQUEST_SECONDS = 30.0
LOOK_SECONDS = 10.0


class Nothing(Refusal):
    """No rerun was started, and the reason is not an error."""

    prefix = "Nothing was started: "
    code = "rerun-all"


def find_last_full_run() -> AttemptRecord:
    """Return the last full run before this partial rerun, or raise `Nothing`."""
    found = find_records()
    if found.own:
        raise Nothing("this is a full run, so main failed for another reason.")
    press = 'press "Rerun workflow from start" at ' + workflow_link(found.workflow_id)
    if found.own_damage:
        raise Nothing(
            "it is unknown whether this is a full run.",
            details=[found.own_damage.message],
            suggestions=[press],
        )
    if not found.earlier:
        raise Nothing(
            "the workspace contains no attempt record, so the last full run is "
            "unknown.",
            details=describe_damage(found.damaged, "ignored: "),
            suggestions=[
                "the attempt job must be upstream of main",
                "a workspace is kept for 15 days at most; after that, push a commit",
                press,
            ],
        )
    if not read_switch("DTE_RERUN_GUARD", True):
        raise Nothing("DTE_RERUN_GUARD is off, so partial reruns are allowed.")
    return found.earlier[-1]


def list_runs(circleci: CircleCIClient, pipeline_id: str) -> List[WorkflowRun]:
    """Return all runs of the pipeline's workflows; raises `ApiFailure`."""
    runs: List[WorkflowRun] = []
    token = ""
    for _ in range(MOST_PAGES):
        page = circleci.get("pipeline", pipeline_id, "workflow", page_token=token)
        try:
            runs += read_workflows(page)
        except ValueError as error:
            raise circleci.explain_shape(str(error)) from None
        token = read_next_page(page)
        if not token:
            return runs
    raise circleci.explain_shape("the list of the pipeline's workflows is too long")


def confirm(pipeline: RerunHistory, pipeline_id: str, started: Started) -> str:
    """Return the id of the new full run; raises `Refusal` if it can't be found."""
    if started.workflow_id:
        return started.workflow_id
    say(f"A rerun was requested, but {started.doubt}: looking for the new run.")
    name = next(run.name for run in pipeline.runs if run.id == pipeline.last)
    details = ["The request is not repeated, so that no second run starts."]
    for seconds in LOOKS:
        time.sleep(seconds)
        try:
            # A new time limit, as the request may have used up its own.
            circleci = CircleCIClient(
                read_api_url(), read_token(), seconds=LOOK_SECONDS
            )
            found = find_started(pipeline.runs, list_runs(circleci, pipeline_id), name)
        except ApiFailure as failure:
            details[1:] = ["The last check failed: " + failure.message]
            continue
        if found:
            return found.id
        del details[1:]
    raise Refusal(
        f"a full rerun was requested, but {started.doubt}, and no new run is visible",
        details=details,
        suggestions=[
            'if no new run appears, press "Rerun workflow from start" at '
            + workflow_link(pipeline.last)
        ],
        code="rerun-all",
    )


def main() -> None:
    """Turn a partial rerun into a full one, if possible; never exits 0."""
    own = require_id("CIRCLE_WORKFLOW_ID")
    last = find_last_full_run()
    pipeline_id = require_id("CIRCLE_PIPELINE_ID")
    token = read_token()
    if not token:
        raise Refusal(
            "there is no token, so no rerun can be requested",
            suggestions=[SET_TOKEN],
            code="circleci-api",
        )
    circleci = CircleCIClient(read_api_url(), token, seconds=LIST_SECONDS)
    runs = list_runs(circleci, pipeline_id)
    number = circleci.get("workflow", own).get("auto_rerun_number")
    pipeline = RerunHistory(runs, own, last.workflow_id, automatic=bool(number))
    obstacle = find_obstacle(pipeline)
    if obstacle:
        link = workflow_link(obstacle.workflow_id)
        raise Nothing(obstacle.reason + ".", details=["See " + link])
    # A new time limit, so that a slow search leaves enough for the request.
    circleci = CircleCIClient(read_api_url(), token, seconds=REQUEST_SECONDS)
    started = rerun_from_start(circleci, last.workflow_id)
    new = confirm(pipeline, pipeline_id, started)
    say(f"This was a partial rerun after attempt {last.attempt}.")
    print(f"Reran the workflow from its start: {workflow_link(new)}")
    say("This job fails on purpose, so that it also runs in the next rerun.")
    sys.exit(1)
