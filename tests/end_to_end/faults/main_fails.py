"""A main that fails in each of its steps, or is lost."""

from tests.end_to_end.faults.row import (
    AGENT,
    GUARD,
    MAIN,
    NOTHING_AFFECTED,
    START,
    STOPPED,
    TASKS,
    Fault,
    Said,
    wait_until,
)

SHORT_WAIT = {"agent_timeout": "20s"}
# If main fails in one of these steps, it can't stop the agents, so they time out.
UNREACHABLE_STEPS = ("Fetch the attempt records", GUARD, "Checkout code")
REACHABLE_STEPS = (
    "Custom setup",
    "Install packages",
    "Set NX_BASE and NX_HEAD",
    START,
    "Record nx format:check",
    TASKS,
)
OWN_STEPS = {
    "setup": [{"run": {"name": "Custom setup", "command": ":"}}],
    "record": [{"run": {"name": "Record nx format:check", "command": ":"}}],
}
OWN_START = {
    "start": "own",
    "start_steps": [{"run": {"name": "Custom start", "command": ":"}}],
}
RECORD_AND_GO_ON = [
    {
        "run": {
            "name": "Record a failure",
            "command": "npx nx-cloud record -- false || true",
        }
    }
]
MAIN_FAILS = (
    *(
        Fault(
            f"main fails in: {step}",
            statuses=("failed",),
            fail=(f"{MAIN}:{step}",),
            agent=SHORT_WAIT,
            main=OWN_STEPS,
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
            main=OWN_STEPS,
            jobs={MAIN: "failed", AGENT: "success"},
            said=(STOPPED,),
            attempts=(1,),
        )
        for step in REACHABLE_STEPS
    ),
    Fault(
        "main fails in: Stop the agents",
        statuses=("failed",),
        fail=(f"{MAIN}:Stop the agents",),
        jobs={MAIN: "failed", AGENT: "success"},
        attempts=(1,),
    ),
    Fault(
        "main fails in: Custom start",
        statuses=("failed",),
        fail=(f"{MAIN}:Custom start",),
        main=OWN_START,
        jobs={MAIN: "failed", AGENT: "success"},
        said=(STOPPED,),
        attempts=(1,),
    ),
    Fault(
        "main fails in: Complete the CI pipeline execution",
        statuses=("failed",),
        fail=(f"{MAIN}:Complete the CI pipeline execution",),
        main={"explicit_completion": True},
        jobs={MAIN: "failed", AGENT: "success"},
        attempts=(1,),
    ),
    Fault(
        "an agent connects after the stop",
        statuses=("failed",),
        fail=(f"{MAIN}:Set NX_BASE and NX_HEAD",),
        agent={"setup": wait_until("complete")},
        jobs={MAIN: "failed", AGENT: "success"},
        said=(STOPPED,),
        attempts=(1,),
    ),
    Fault(
        "nothing is affected",
        statuses=("success",),
        main=NOTHING_AFFECTED,
        jobs={MAIN: "success", AGENT: "success"},
        said=(STOPPED,),
        nothing_to_run=True,
        attempts=(1,),
    ),
    Fault(
        "a recorded command fails, and main goes on",
        statuses=("failed",),
        main={"record": RECORD_AND_GO_ON},
        jobs={MAIN: "failed", AGENT: "success"},
        said=(Said(1, MAIN, "CI Execution Failed"),),
        attempts=(1,),
    ),
    Fault(
        "main gets SIGTERM",
        statuses=("failed",),
        kill=(f"{MAIN}:{TASKS}@1:TERM",),
        kill_after=("add_command",),
        agent={"setup": wait_until("kill")},
        jobs={MAIN: "failed", AGENT: "failed"},
        said=(Said(1, AGENT, "Main job was terminated via SIGTERM"), STOPPED),
        attempts=(1,),
    ),
    Fault(
        "main is lost",
        statuses=("failed",),
        kill=(f"{MAIN}:{TASKS}@0.5",),
        jobs={MAIN: "failed", AGENT: "success"},
        attempts=(1,),
    ),
    Fault(
        "main is canceled",
        statuses=("canceled",),
        kill=(f"{MAIN}:{TASKS}@0.5:CANCEL",),
        jobs={MAIN: "canceled", AGENT: "success"},
        attempts=(1,),
    ),
)
