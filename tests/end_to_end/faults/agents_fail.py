"""Agents that fail, are killed or lost, or share a name."""

from tests.end_to_end.faults.row import (
    AGENT,
    MAIN,
    STOPPED,
    WORK,
    Fault,
    Said,
    refused,
    wait_until,
)

AGENT_NAME = "agent-1"

# A runner that keeps its folders also keeps the lock file of an agent that was killed.
LEAVE_A_LOCK = [
    {
        "run": {
            "name": "Leave the lock file of a killed agent",
            "command": (
                "export NX_AGENT_NAME=agent-1 NX_CI_EXECUTION_ENV=earlier\n"
                "setsid npx nx-cloud start-agent & agent=$!\n"
                'until find "${NX_CACHE_DIRECTORY:-.nx}" -name agent-1.lock | grep .\n'
                "do sleep 0.2; done\n"
                'kill -KILL -- "-$agent"\n'
            ),
        }
    }
]
AGENTS_FAIL = (
    Fault(
        "an agent fails before it connects",
        statuses=("failed",),
        agents=2,
        fail=(f"{AGENT}:Install packages",),
        jobs={MAIN: "success", AGENT: "failed", "dte/agent-2": "success"},
        attempts=(1,),
    ),
    Fault(
        "all agents fail before they connect",
        statuses=("failed",),
        agents=2,
        fail=("dte/agent-*:Install packages",),
        main={"main_timeout": "8s"},
        jobs={MAIN: "failed", AGENT: "failed", "dte/agent-2": "failed"},
        said=(Said(1, MAIN, "No new completed tasks after 8 seconds"),),
        attempts=(1,),
    ),
    Fault(
        "an agent gets SIGTERM",
        statuses=("failed",),
        agents=2,
        kill=(f"{AGENT}:{WORK}@1:TERM",),
        kill_after=("start", f"join {AGENT_NAME}"),
        main={"record": wait_until("kill")},
        jobs={MAIN: "failed", AGENT: "failed", "dte/agent-2": "failed"},
        said=(
            Said(1, MAIN, "Distributed Execution Terminated"),
            Said(1, "dte/agent-2", "Distributed Execution Terminated"),
            Said(1, "dte/agent-2", "Another agent of the run received a signal"),
            Said(1, AGENT, "The agent received SIGTERM: CircleCI canceled the job"),
            STOPPED,
        ),
        attempts=(1,),
    ),
    Fault(
        "rerun from failed after an agent got SIGTERM",
        statuses=("failed", "failed"),
        agents=2,
        kill=(f"{AGENT}:{WORK}@1:TERM",),
        kill_after=("start", f"join {AGENT_NAME}"),
        main={"record": wait_until("kill")},
        then=("fix", "rerun-from-failed"),
        jobs={MAIN: "failed", AGENT: "failed", "dte/agent-2": "failed"},
        said=(*refused(2, MAIN), *refused(2, AGENT), *refused(2, "dte/agent-2")),
        attempts=(1, 0),
    ),
    Fault(
        "an agent is lost",
        statuses=("failed",),
        agents=2,
        kill=(f"{AGENT}:{WORK}@2",),
        main={"main_timeout": "15s"},
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
        "an agent was killed in a kept folder",
        statuses=("success",),
        agent={"after_install": LEAVE_A_LOCK},
        jobs={MAIN: "success", AGENT: "success"},
        said=(
            Said(1, AGENT, "Duplicate Agent ID Detected"),
            Said(1, AGENT, "an earlier agent of this name left its lock file"),
        ),
        attempts=(1,),
    ),
    Fault(
        "two agents of one name",
        statuses=("success",),
        more_jobs=[
            {
                "dte/agent": {
                    "name": "twin",
                    "ordinal": 1,
                    "requires": ["dte/attempt"],
                }
            }
        ],
        main={"setup": [{"run": {"name": "Wait", "command": "sleep 8"}}]},
        jobs={MAIN: "success", AGENT: "success", "twin": "success"},
        attempts=(1,),
    ),
)
