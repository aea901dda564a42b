"""The names under which main and its agents meet at Nx Cloud.

Source: Nx docs, Environment Variables. What the user has set already stays.
"""

from typing import Dict

from bash_env import export, is_word
from failures import Misuse, say
from settings import read


def export_names() -> None:
    """Set NX_CI_EXECUTION_ENV and NX_BRANCH from the parameters, for all steps."""
    values: Dict[str, str] = {}
    environment = read_name("DTE_EXECUTION_ENVIRONMENT")
    if environment and not read("NX_CI_EXECUTION_ENV"):
        values["NX_CI_EXECUTION_ENV"] = environment
    branch = read("DTE_NX_BRANCH")
    if branch and not read("NX_BRANCH"):
        if is_word(branch):
            values["NX_BRANCH"] = branch
        else:
            say(
                "warning: nx_branch is {!r}, with characters that are not handed on to "
                "other steps; Nx Cloud finds its branch by itself".format(branch)
            )
    if values:
        export(values)


def read_name(variable: str) -> str:
    """A name that is safe in every step, or empty; raises `Misuse`."""
    name = read(variable)
    if name and (not is_word(name) or "/" in name):
        raise Misuse(
            "{} is {!r}; it takes letters, digits and . _ -".format(variable, name)
        )
    return name
