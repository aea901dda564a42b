"""Before a run starts or an agent waits: does this job work with agents at all?"""

from pathlib import Path

from bash_env import read_mode
from failures import Refusal, say
from nx_cloud import TOKENS, Connection, check_connection
from settings import read_choice

ERROR = "error"
ALONE = "run_without_agents"


def goes_with_agents(folder: Path) -> bool:
    """False, with a line that says why, where the job is to go on without agents.

    Raises `Refusal` where Nx Cloud is not connected and the job may not do without.
    """
    choice = read_choice("DTE_WHEN_NOT_CONNECTED", ERROR, (ERROR, ALONE))
    if read_mode():
        say("notice: an earlier step decided that this job goes on without agents.")
        return False
    connection = check_connection(folder)
    if connection.problem and choice == ERROR:
        raise refuse(connection)
    # With an id alone Nx Cloud may or may not let a job in; a fork's never is.
    why = connection.problem or ("" if connection.token else "no token is set")
    if why and choice == ALONE:
        say("notice: {}, so this job goes on without agents.".format(why))
        return False
    say("Connected to Nx Cloud by {}.".format(connection))
    if why:
        say("warning: {}; Nx Cloud may refuse this job.".format(why))
    return True


def refuse(connection: Connection) -> Refusal:
    """The refusal of a job that Nx Cloud will not hear of."""
    mends = {
        "NX_NO_CLOUD is true": "unset NX_NO_CLOUD in the project or the job",
        "nx.json says neverConnectToCloud": "remove neverConnectToCloud from nx.json",
    }
    token = "set {} in the project's environment variables or in a context".format(
        TOKENS[1]
    )
    return Refusal(
        "this job is not connected to Nx Cloud: {}".format(connection.problem),
        details=["Nx would pass without doing anything, and nobody would notice."],
        suggestions=[
            mends.get(connection.problem, token),
            "for pull requests of forks, which get no token, set "
            "`when_not_connected: run_without_agents` on dte/main and dte/agent",
        ],
        reference="Nx docs, Nx Cloud: Access Tokens; Environment Variables",
    )
