"""Checks that the commands that every rehearsal needs are installed."""

import shutil

from dte.errors import UserError

NEEDED = {"git": "checks out the project", "bash": "runs the steps"}


def refuse_missing_commands() -> None:
    """Raise `UserError` for the first needed command that is not on PATH."""
    for name, use in NEEDED.items():
        if not shutil.which(name):
            raise UserError(
                f"the command {name} is not on PATH; in a rehearsal it {use}",
                suggestions=[f"install {name}, for example: apt-get install {name}"],
            )
