"""Decide whether this job runs with agents, before a run or an agent starts."""

from pathlib import Path

from bash_env import export, read_mode
from failures import Refusal, say
from nx_cloud import TOKENS, Connection, check_connection
from settings import read_choice

ERROR = "error"
ALONE = "run_without_agents"


def goes_with_agents(folder: Path) -> bool:
    """Return whether this job runs with agents; if it doesn't, say why.

    Raises `Refusal` if Nx Cloud is not connected and `when_not_connected` is error.
    """
    choice = read_choice("DTE_WHEN_NOT_CONNECTED", ERROR, (ERROR, ALONE))
    if read_mode():
        say("notice: an earlier step decided that this job runs without agents.")
        return False
    connection = check_connection(folder)
    if connection.problem and choice == ERROR:
        raise refuse(connection)
    # Without a token, Nx Cloud may accept a job, but never one from a fork.
    why = connection.problem or ("" if connection.token else "no token is set")
    if why and choice == ALONE:
        say(f"notice: {why}, so this job runs without agents.")
        return False
    say(f"Connected to Nx Cloud by {connection}.")
    if why:
        say(f"warning: {why}; Nx Cloud may refuse this job.")
    return True


def goes_on_after(refusal: Refusal) -> bool:
    """Return whether the job continues without Nx Cloud, which has refused it."""
    if read_choice("DTE_WHEN_NOT_CONNECTED", ERROR, (ERROR, ALONE)) == ERROR:
        return False
    say(f"notice: {refusal.message}, so this job runs without agents.")
    export({"NX_NO_CLOUD": "true"})
    return True


def refuse(connection: Connection) -> Refusal:
    """Return the error for a job that is not connected to Nx Cloud."""
    fixes = {
        "NX_NO_CLOUD is true": "unset NX_NO_CLOUD in the project or the job",
        "nx.json sets neverConnectToCloud": "remove neverConnectToCloud from nx.json",
    }
    token = f"set {TOKENS[1]} in the project's environment variables or in a context"
    return Refusal(
        f"this job is not connected to Nx Cloud: {connection.problem}",
        details=["Nx would pass without running any task."],
        suggestions=[
            fixes.get(connection.problem, token),
            "for pull requests from forks, which get no token, set "
            "`when_not_connected: run_without_agents` on dte/main and dte/agent",
        ],
        code="not-connected",
    )
