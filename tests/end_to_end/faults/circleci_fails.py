"""A CircleCI API that is down or refuses requests, and how rerun_all reacts."""

from tests.end_to_end.faults.row import (
    DOWN,
    FIRST,
    MAIN,
    TASKS,
    TOKEN,
    UP,
    Fault,
    Said,
)

RERUN_ALL = {
    "dte/rerun_all": {"requires": [{MAIN: "failed"}], "context": "circleci"},
}
CIRCLECI_FAILS = (
    Fault(
        "CircleCI's API down in attempt",
        statuses=("success",),
        fault=("api-down",),
        said=(
            Said(1, FIRST, "The record has no passed revisions"),
            Said(1, MAIN, "when_no_base"),
        ),
        attempts=(1,),
    ),
    Fault(
        "rerun_all after a genuine failure, then a partial rerun",
        statuses=("failed", "failed", "success"),
        variables=DOWN,
        contexts=TOKEN,
        more_jobs=(RERUN_ALL,),
        main={"targets": "e2e-ci"},
        then=(UP, "rerun-from-failed"),
        attempts=(1, 0, 2),
    ),
    Fault(
        "rerun_all with the API down",
        statuses=("failed", "failed"),
        contexts=TOKEN,
        more_jobs=(RERUN_ALL,),
        fail=(f"{MAIN}:{TASKS}",),
        then=("fix", "fault:api-down", "rerun-from-failed"),
        said=(Said(2, "dte/rerun_all", "answered 503"),),
        jobs={"dte/rerun_all": "failed"},
        attempts=(1, 0),
    ),
    Fault(
        "rerun_all with a rerun that the API refuses",
        statuses=("failed", "failed"),
        contexts=TOKEN,
        more_jobs=(RERUN_ALL,),
        fail=(f"{MAIN}:{TASKS}",),
        then=("fix", "fault:api-refuses-reruns", "rerun-from-failed"),
        said=(Said(2, "dte/rerun_all", "This workflow can't be rerun any more."),),
        jobs={"dte/rerun_all": "failed"},
        attempts=(1, 0),
    ),
)
