"""Export the names by which Nx Cloud assigns main and its agents to one run.

A variable that the user has set takes precedence. Source: Nx docs.
"""

from typing import Dict

from bash_env import export, is_word
from failures import UsageError, say
from settings import read


def export_names() -> None:
    """Export NX_CI_EXECUTION_ENV and NX_BRANCH from the parameters."""
    values: Dict[str, str] = {}
    environment = read_name("DTE_EXECUTION_ENVIRONMENT")
    if environment and not read("NX_CI_EXECUTION_ENV"):
        values["NX_CI_EXECUTION_ENV"] = environment
    branch = read("DTE_NX_BRANCH").strip()
    if branch and not read("NX_BRANCH"):
        if is_word(branch):
            values["NX_BRANCH"] = branch
        else:
            say(
                f"warning: nx_branch is {branch!r}, which contains characters that "
                "can't be exported; Nx Cloud detects the branch instead"
            )
    if values:
        export(values)


def read_name(variable: str) -> str:
    """Return a name that is safe to export, or empty; raises `UsageError`."""
    name = read(variable)
    if name and (not is_word(name) or "/" in name):
        raise UsageError(
            f"{variable} is {name!r}; it may contain letters, digits and . _ - only"
        )
    return name
