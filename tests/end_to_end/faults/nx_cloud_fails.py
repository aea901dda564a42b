"""Nx Cloud's faults: the token, the organization's limit, outages, and downloads."""

from tests.end_to_end.faults.row import AGENT, MAIN, Fault, Said, wait_until

SHORT_WAIT = {"agent_timeout": "20s"}
ALONE = {"when_not_connected": "run_without_agents"}
BAD_TOKEN = "Nx Cloud refused the access token of this job"
OVER_LIMIT = "Nx Cloud has disabled this organization"
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
        said=(Said(1, MAIN, BAD_TOKEN), Said(1, AGENT, BAD_TOKEN)),
        attempts=(1,),
    ),
    Fault(
        "an organization over its limit",
        statuses=("failed",),
        fault=("cloud-over-limit",),
        jobs={MAIN: "failed", AGENT: "failed"},
        said=(Said(1, MAIN, OVER_LIMIT), Said(1, AGENT, OVER_LIMIT)),
        attempts=(1,),
    ),
    Fault(
        "an organization over its limit, without agents",
        statuses=("success",),
        fault=("cloud-over-limit",),
        main=ALONE,
        agent=ALONE,
        jobs={MAIN: "success", AGENT: "success"},
        said=(
            Said(1, MAIN, f"notice: {OVER_LIMIT}"),
            Said(1, MAIN, "Successfully ran target"),
            Said(1, AGENT, f"notice: {OVER_LIMIT}"),
        ),
        unseen=True,
        attempts=(1,),
    ),
    Fault(
        "Nx Cloud unreachable at the start",
        statuses=("failed",),
        fault=("cloud-unreachable",),
        jobs={MAIN: "failed", AGENT: "failed"},
        said=(
            Said(1, MAIN, "could not be downloaded; trying again"),
            Said(1, AGENT, "could not be downloaded; trying again"),
        ),
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
        agent={"setup": wait_until("start")},
        said=(Said(1, MAIN, "could not be downloaded; trying again"),),
        attempts=(1,),
    ),
    Fault(
        "the client's download breaks off",
        statuses=("success",),
        fault=("cloud-cut-downloads=1",),
        agent={"setup": wait_until("start")},
        said=(Said(1, MAIN, "could not be downloaded; trying again"),),
        attempts=(1,),
    ),
)
