"""Turn a partial rerun into a full one: runs only where main failed, without Nx.

It ends red whatever it does. Main has failed, so the workflow is red as it is; and only
a job that failed is certain to come back in the next rerun ("Automatic reruns" in
CircleCI's docs).
"""

import sys
import time
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))

from attempts import AttemptRecord, read_records
from circleci import SET_TOKEN, ApiFailure, CircleCIClient
from failures import Refusal, run, say
from pipelines import WorkflowRun, read_next_page, read_workflows
from rerun_request import Started, rerun_from_start
from reruns import RerunHistory, find_obstacle, find_started
from search_settings import read_api_url, read_token
from settings import read, read_folder, read_switch, require_id, workflow_link

MOST_PAGES = 20
LOOKS = (2.0, 4.0, 8.0)
LOOK_SECONDS = 20.0


class Nothing(Refusal):
    """Nothing was started, and that is right so; the reason is no error."""

    prefix = "Nothing was started: "


def find_last_full_run(own: str) -> AttemptRecord:
    """The full run that this partial rerun inherits; raises `Nothing` in a full run."""
    workspace = read("CIRCLE_WORKFLOW_WORKSPACE_ID", own)
    folder = read_folder("DTE_ATTEMPTS", "~/.dte/attempts")
    records, damaged = read_records(folder, workspace)
    details = ["ignored: " + error.message for error in damaged]
    if any(record.workflow_id == own for record in records):
        raise Nothing("this is a full run, so main's failure is its own.")
    if not records:
        raise Nothing(
            "no attempt record came with the workspace, so it can't be told which "
            "run was the last full one.",
            details=details,
            suggestions=[
                "the attempt job must be upstream of main",
                "a workspace is kept for 15 days at most; after that, push a commit",
                'press "Rerun workflow from start" at ' + workflow_link(own),
            ],
        )
    if not read_switch("DTE_RERUN_GUARD", True):
        raise Nothing("DTE_RERUN_GUARD is off, so main's failure is its own.")
    return records[-1]


def list_runs(circleci: CircleCIClient, pipeline_id: str) -> List[WorkflowRun]:
    """All runs of the pipeline's workflows; raises `ApiFailure`."""
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
    raise circleci.explain_shape("the pipeline's workflows have no end")


def confirm(pipeline: RerunHistory, pipeline_id: str, started: Started) -> str:
    """The id of the workflow that was started; raises `Refusal` where none is seen."""
    if started.workflow_id:
        return started.workflow_id
    say("CircleCI was asked, but {}: looking for the new run.".format(started.doubt))
    name = next(run.name for run in pipeline.runs if run.id == pipeline.last)
    details = ["It is not asked again, so that none is started twice."]
    for seconds in LOOKS:
        time.sleep(seconds)
        try:
            # A time of its own: the request may have used up what there was before.
            circleci = CircleCIClient(
                read_api_url(), read_token(), seconds=LOOK_SECONDS
            )
            found = find_started(pipeline.runs, list_runs(circleci, pipeline_id), name)
        except ApiFailure as failure:
            details[1:] = ["The last look failed: " + failure.message]
            continue
        if found:
            return found.id
        del details[1:]
    raise Refusal(
        "CircleCI was asked for a full rerun, but {}, and none is to be seen".format(
            started.doubt
        ),
        details=details,
        suggestions=[
            'if none appears, press "Rerun workflow from start" at '
            + workflow_link(pipeline.last)
        ],
    )


def main() -> None:
    """Start the last full run again where that is right; never exits 0."""
    own = require_id("CIRCLE_WORKFLOW_ID")
    last = find_last_full_run(own)
    pipeline_id = require_id("CIRCLE_PIPELINE_ID")
    token = read_token()
    if not token:
        raise Refusal(
            "no token, so CircleCI can't be asked to rerun anything",
            suggestions=[SET_TOKEN],
        )
    circleci = CircleCIClient(read_api_url(), token)
    runs = list_runs(circleci, pipeline_id)
    number = circleci.get("workflow", own).get("auto_rerun_number")
    pipeline = RerunHistory(runs, own, last.workflow_id, automatic=bool(number))
    obstacle = find_obstacle(pipeline)
    if obstacle:
        link = workflow_link(obstacle.workflow_id)
        raise Nothing(obstacle.reason + ".", details=["See " + link])
    started = rerun_from_start(circleci, token, last.workflow_id)
    new = confirm(pipeline, pipeline_id, started)
    say("This was a partial rerun after attempt {}.".format(last.attempt))
    print("Started the whole workflow again: {}".format(workflow_link(new)))
    say("This job stays red, so that it is there again in whatever rerun comes next.")
    sys.exit(1)


if __name__ == "__main__":
    run(main)
