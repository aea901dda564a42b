"""Nx Cloud without a token, unreachable, or with failing downloads."""

from tests.end_to_end.faults.row import AGENT, MAIN, Fault, Said

SHORT_WAIT = {"agent_timeout": "20s"}
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
        agent={"setup": [{"run": {"name": "Wait", "command": "sleep 20"}}]},
        said=(Said(1, MAIN, "could not be downloaded; trying again"),),
        attempts=(1,),
    ),
    Fault(
        "the client's download breaks off",
        statuses=("success",),
        fault=("cloud-cut-downloads=1",),
        agent={"setup": [{"run": {"name": "Wait", "command": "sleep 20"}}]},
        said=(Said(1, MAIN, "could not be downloaded; trying again"),),
        attempts=(1,),
    ),
)
