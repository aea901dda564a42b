"""The faults that are injected into rehearsals with real Nx: a row of data each.

`docs/faults.md` has a row for each of them, and `test_faults.py` plays them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIRST, MAIN, AGENT = "dte/attempt", "dte/main", "dte/agent-1"
GUARD = "Refuse a partial rerun"
TASKS = "Run the affected tasks"
START = "Start the CI pipeline execution"
WORK = "Run tasks for main"
TWO_LINES = (
    "You reran only failed jobs, but CI requires rerunning all jobs.",
    "Rerun all jobs in the pipeline to prevent this error.",
)
DOWN = {"SAMPLE_PAYMENTS": "off"}
UP = "set:SAMPLE_PAYMENTS=on"
TOKEN = {"circleci": {"CIRCLE_TOKEN": "a-circleci-token"}}
RERUN_ALL = {
    "dte/rerun_all": {"requires": [{MAIN: "failed"}], "context": "circleci"},
}


@dataclass(frozen=True)
class Said:
    """A text that a job of a run has to have printed."""

    run: int
    job: str
    text: str


@dataclass(frozen=True)
class Fault:
    """One row: how it is injected, and how it has to end.

    `statuses` are the runs' own, `jobs` those of jobs in the last run. `ran_in_main`:
    the tasks of the last run ran in main itself.
    """

    name: str
    statuses: Sequence[str]
    jobs: Mapping[str, str] = field(default_factory=dict)
    said: Sequence[Said] = ()
    attempts: Sequence[int] = ()
    agents: int = 1
    main: Mapping[str, Any] = field(default_factory=dict)
    agent: Mapping[str, Any] = field(default_factory=dict)
    workflow: Mapping[str, Any] = field(default_factory=dict)
    more_jobs: Sequence[Any] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fail: Sequence[str] = ()
    kill: Sequence[str] = ()
    fault: Sequence[str] = ()
    then: Sequence[str] = ()
    ran_in_main: bool = False


def refused(run: int, job: str) -> tuple[Said, Said]:
    """The guard's two lines in a job."""
    return Said(run, job, TWO_LINES[0]), Said(run, job, TWO_LINES[1])


PARTIAL_RERUNS = (
    Fault(
        "rerun from failed with main",
        statuses=("failed", "failed"),
        fail=(f"{MAIN}:{TASKS}",),
        then=("mend", "rerun-from-failed"),
        said=refused(2, MAIN),
        attempts=(1, 0),
    ),
    Fault(
        "rerun from failed with one agent",
        statuses=("failed", "failed"),
        agents=2,
        fail=(f"{AGENT}:Checkout code",),
        then=("mend", "rerun-from-failed"),
        jobs={AGENT: "failed", MAIN: "success"},
        said=refused(2, AGENT),
        attempts=(1, 0),
    ),
    Fault(
        "rerun of one job",
        statuses=("success", "failed"),
        then=(f"rerun:{MAIN}",),
        said=refused(2, MAIN),
        attempts=(1, 0),
    ),
    Fault(
        "automatic rerun",
        statuses=("failed", "failed"),
        workflow={"max_auto_reruns": 1},
        fail=(f"{MAIN}:{TASKS}",),
        said=refused(2, MAIN),
        attempts=(1, 0),
    ),
    Fault(
        "partial rerun without agents",
        statuses=("failed", "success"),
        variables=DOWN,
        main={"partial_rerun": "run_without_agents", "targets": "e2e-ci"},
        agent={"partial_rerun": "run_without_agents"},
        then=(UP, "rerun-from-failed"),
        ran_in_main=True,
        attempts=(1, 0),
    ),
    Fault(
        "partial rerun let through",
        statuses=("failed", "failed"),
        fail=(f"{MAIN}:{TASKS}",),
        main={"partial_rerun": "off", "main_timeout": "5s"},
        agent={"partial_rerun": "off"},
        then=("mend", "rerun-from-failed"),
        said=(Said(2, MAIN, "No new completed tasks after 5 seconds"),),
        attempts=(1, 0),
    ),
    Fault(
        "expired workspace",
        statuses=("failed", "failed"),
        fail=(f"{MAIN}:{TASKS}",),
        then=("mend", "expire-workspace", "rerun-from-failed"),
        said=(Said(2, MAIN, "the workspace may have expired"),),
        attempts=(1, 0),
    ),
    Fault(
        "lost ledger",
        statuses=("success", "success"),
        then=("lose-caches", "rerun-from-start"),
        attempts=(1, 1),
    ),
)

SHORT_WAIT = {"agent_timeout": "20s"}
# The agents of a main that failed before it could stop them wait for their time-out.
UNREACHABLE_STEPS = ("Fetch the attempt records", GUARD, "Checkout code")
REACHABLE_STEPS = (
    "Install packages",
    "Set NX_BASE and NX_HEAD",
    START,
    "Record nx format:check",
    TASKS,
)
MAIN_FAILS = (
    *(
        Fault(
            f"main fails in: {step}",
            statuses=("failed",),
            fail=(f"{MAIN}:{step}",),
            agent=SHORT_WAIT,
            main={
                "record": [{"run": {"name": "Record nx format:check", "command": ":"}}]
            },
            jobs={MAIN: "failed", AGENT: "failed"},
            attempts=(1,),
        )
        for step in UNREACHABLE_STEPS
    ),
    *(
        Fault(
            f"main fails in: {step}",
            statuses=("failed",),
            fail=(f"{MAIN}:{step}",),
            main={
                "record": [{"run": {"name": "Record nx format:check", "command": ":"}}]
            },
            jobs={MAIN: "failed", AGENT: "success"},
            attempts=(1,),
        )
        for step in REACHABLE_STEPS
    ),
    Fault(
        "main is lost",
        statuses=("failed",),
        kill=(f"{MAIN}:{TASKS}@2",),
        jobs={MAIN: "failed", AGENT: "success"},
        attempts=(1,),
    ),
    Fault(
        "main is cancelled",
        statuses=("canceled",),
        kill=(f"{MAIN}:{TASKS}@2:CANCEL",),
        jobs={MAIN: "canceled", AGENT: "success"},
        attempts=(1,),
    ),
)

AGENTS_FAIL = (
    Fault(
        "an agent gets SIGTERM",
        statuses=("failed",),
        agents=2,
        kill=(f"{AGENT}:{WORK}@6:TERM",),
        main={"targets": "build,e2e-ci"},
        jobs={MAIN: "failed"},
        attempts=(1,),
    ),
    Fault(
        "an agent is lost",
        statuses=("failed",),
        agents=2,
        kill=(f"{AGENT}:{WORK}@2",),
        jobs={AGENT: "failed", "dte/agent-2": "success"},
        attempts=(1,),
    ),
    Fault(
        "all agents are lost",
        statuses=("failed",),
        agents=2,
        kill=(f"dte/agent-*:{WORK}@1",),
        main={"main_timeout": "8s"},
        jobs={MAIN: "failed", AGENT: "failed", "dte/agent-2": "failed"},
        said=(Said(1, MAIN, "No new completed tasks after 8 seconds"),),
        attempts=(1,),
    ),
    Fault(
        "two agents of one name",
        statuses=("failed",),
        more_jobs=[
            {
                "dte/agent": {
                    "name": "twin",
                    "ordinal": 1,
                    "requires": ["dte/attempt"],
                    "setup": [{"run": {"name": "Wait", "command": "sleep 3"}}],
                }
            }
        ],
        main={"setup": [{"run": {"name": "Wait", "command": "sleep 8"}}]},
        jobs={MAIN: "success"},
        attempts=(1,),
    ),
)

NX_CLOUD_FAILS = (
    Fault(
        "no token of Nx Cloud",
        statuses=("failed",),
        variables={"NX_CLOUD_ACCESS_TOKEN": ""},
        jobs={MAIN: "failed", AGENT: "failed"},
        said=(
            Said(1, MAIN, "NX_CLOUD_ACCESS_TOKEN"),
            Said(1, AGENT, "NX_CLOUD_ACCESS_TOKEN"),
        ),
        attempts=(1,),
    ),
    Fault(
        "a wrong token of Nx Cloud",
        statuses=("failed",),
        fault=("cloud-rejects-token",),
        jobs={MAIN: "failed", AGENT: "failed"},
        attempts=(1,),
    ),
    Fault(
        "Nx Cloud unreachable at the start",
        statuses=("failed",),
        fault=("cloud-unreachable",),
        jobs={MAIN: "failed", AGENT: "failed"},
        attempts=(1,),
    ),
    Fault(
        "Nx Cloud unreachable in the middle",
        statuses=("failed",),
        fault=("cloud-unreachable=40",),
        main={"main_timeout": "20s"},
        agent=SHORT_WAIT,
        jobs={MAIN: "failed"},
        attempts=(1,),
    ),
    Fault(
        "the client's download fails twice",
        statuses=("success",),
        fault=("cloud-downloads=2",),
        attempts=(1,),
    ),
)

CIRCLECI_FAILS = (
    Fault(
        "CircleCI's API down in attempt",
        statuses=("success",),
        fault=("api-down",),
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
        then=("mend", "fault:api-down", "rerun-from-failed"),
        jobs={"dte/rerun_all": "failed"},
        attempts=(1, 0),
    ),
    Fault(
        "rerun_all with a rerun that the API refuses",
        statuses=("failed", "failed"),
        contexts=TOKEN,
        more_jobs=(RERUN_ALL,),
        fail=(f"{MAIN}:{TASKS}",),
        then=("mend", "fault:api-refuses-reruns", "rerun-from-failed"),
        jobs={"dte/rerun_all": "failed"},
        attempts=(1, 0),
    ),
)

FAULTS = PARTIAL_RERUNS + MAIN_FAILS + AGENTS_FAIL + NX_CLOUD_FAILS + CIRCLECI_FAILS
