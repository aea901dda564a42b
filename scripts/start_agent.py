"""Run tasks for main until Nx Cloud has no more tasks."""

import signal
import sys
from typing import List

from agents_mode import goes_on_after, goes_with_agents
from bash_env import IDLE, export, read_mode, set_mode
from bounded_run import run_bounded
from cloud_refusals import find_refusal
from durations import set_timeout
from failures import UsageError, say
from nx import call_nx_cloud, enter_checkout, require_nx, split_words
from retries import run_with_client
from run_names import export_names, read_name
from settings import read
from streamed_run import Finished

TIMEOUT = "30m"
NX_TIMEOUT = "NX_CLOUD_AGENT_TIMEOUT_MS"
# Messages of the client (nx-cloud 19.0.0).
DUPLICATE = b"Duplicate Agent ID Detected"
ENDED_WITH_ERROR = b"Distributed Execution Terminated"
STOPPED_AGENT = b"Agent was terminated via SIG"
KILLED = {128 + 9: "SIGKILL", 128 + 15: "SIGTERM"}


def read_number(name: str, default: str) -> int:
    """Return the whole number in a variable; raises `UsageError`."""
    text = read(name, default)
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise UsageError(
            f"{name} is {text!r}, not a whole number",
            suggestions=[
                "run dte/agent with a matrix: {parameters: {ordinal: [1, 2]}}"
            ],
        )
    return int(text)


def name_agent(*, pool: str, ordinal: int, index: int, total: int) -> str:
    """Return the agent's name, unique within the run (Nx docs, Environment Variables).

    A matrix numbers agents by the ordinal, `parallelism` by CircleCI's node index. With
    `parallelism` the name contains both numbers.
    """
    numbers = [ordinal, index] if total > 1 else [ordinal]
    return "-".join([pool or "agent", *map(str, numbers)])


def describe_timeout() -> str:
    """Return the setting that decides how long the agent waits, with its value."""
    own = read(NX_TIMEOUT)
    if own:
        return "{} ({})".format(NX_TIMEOUT, own)
    return "agent_timeout ({})".format(read("DTE_AGENT_TIMEOUT", TIMEOUT))


def run_agent(words: List[str]) -> Finished:
    """Run the agent; if a killed agent's lock file stops it, clean up and retry."""
    finished = run_with_client(words)
    if not finished.status or DUPLICATE not in finished.beginning:
        return finished
    say("warning: an earlier agent of this name left its lock file in this folder.")
    run_bounded([call_nx_cloud("clean-up-agents")])
    return run_with_client(words)


def explain_failure(finished: Finished, limit: str) -> None:
    """Say why the agent failed, or what may have caused it."""
    if finished.received:
        say(
            "The agent received {}: CircleCI canceled the job, or the machine stopped "
            "it.".format(signal.Signals(finished.received).name)
        )
    elif finished.status in KILLED:
        say(
            "The agent was killed ({}). If its machine ran out of memory, use a larger "
            "one or fewer parallel tasks.".format(KILLED[finished.status])
        )
    elif DUPLICATE in finished.beginning:
        say(
            "Another agent with this name runs in the same folder. Give each agent its "
            "own ordinal."
        )
    elif ENDED_WITH_ERROR in finished.end and STOPPED_AGENT in finished.end:
        say(
            "Another agent of the run received a signal, which ends the run: its job "
            "was canceled, or its machine stopped it or ran out of memory."
        )
    elif ENDED_WITH_ERROR in finished.end:
        say("The run ended with an error, so the agents fail too. See the log of main.")
    else:
        say(
            "The agent ended with exit status {}. If it timed out waiting for tasks, "
            "either main never started or {} is shorter than your longest "
            "task.".format(finished.status, limit)
        )


def main() -> None:
    """Run `nx-cloud start-agent`, or pass at once if main runs without agents."""
    pool = read_name("DTE_LAUNCH_TEMPLATE")
    name = name_agent(
        pool=pool,
        ordinal=read_number("DTE_ORDINAL", "0"),
        index=read_number("CIRCLE_NODE_INDEX", "0"),
        total=read_number("CIRCLE_NODE_TOTAL", "1"),
    )
    words = split_words("DTE_AGENT_ARGUMENTS")
    checkout = enter_checkout()
    if read_mode() != IDLE:
        require_nx(checkout)
    if not goes_with_agents(checkout):
        say("notice: main runs all tasks itself, so this agent has nothing to do.")
        if not read_mode():
            set_mode(IDLE)
        return
    export_names()
    export({"NX_AGENT_NAME": name})
    if pool and not read("NX_AGENT_LAUNCH_TEMPLATE"):
        export({"NX_AGENT_LAUNCH_TEMPLATE": pool})
    limit = describe_timeout()
    set_timeout(NX_TIMEOUT, "DTE_AGENT_TIMEOUT", TIMEOUT)
    finished = run_agent(call_nx_cloud("start-agent", *words))
    refusal = find_refusal(finished)
    if finished.status and refusal:
        if not goes_on_after(refusal):
            raise refusal
        set_mode(IDLE)
        return
    if finished.status:
        explain_failure(finished, limit)
    sys.exit(finished.status)
