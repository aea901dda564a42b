"""Run tasks for main until Nx Cloud has no more."""

import sys

from agents_mode import goes_with_agents
from bash_env import IDLE, export, read_mode, set_mode
from durations import set_timeout
from failures import UsageError, say
from nx import call_nx_cloud, enter_checkout, require_nx, split_words
from retries import run_with_client
from run_names import export_names, read_name
from settings import read

TIMEOUT = "30m"
NX_TIMEOUT = "NX_CLOUD_AGENT_TIMEOUT_MS"


def read_number(name: str, default: str) -> int:
    """The variable's whole number; raises `UsageError`."""
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
    """The agent's name, unique within the run (Nx docs, Environment Variables).

    A matrix numbers agents by the ordinal, `parallelism` by CircleCI's node index. With
    `parallelism` the name contains both numbers.
    """
    numbers = [ordinal, index] if total > 1 else [ordinal]
    return "-".join([pool or "agent", *map(str, numbers)])


def describe_timeout() -> str:
    """The setting that decides how long the agent waits, with its value."""
    own = read(NX_TIMEOUT)
    if own:
        return "{} ({})".format(NX_TIMEOUT, own)
    return "agent_timeout ({})".format(read("DTE_AGENT_TIMEOUT", TIMEOUT))


def main() -> None:
    """Run `nx-cloud start-agent`, or pass at once if main works without agents."""
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
    status = run_with_client(call_nx_cloud("start-agent", *words)).status
    if status:
        say(
            "The agent ended with exit status {}. If it timed out waiting for tasks, "
            "either main never started or {} is shorter than your longest "
            "task.".format(status, limit)
        )
    sys.exit(status)
