"""Checks that the stand-in for Nx Cloud supports the project's version of Nx."""

import json
import re
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.run.git import run_git

OLDEST_MAJOR = 18
"""Older versions of Nx hand their tasks to Nx Cloud in a different way."""

_NUMBER = re.compile(r"[~^>=v ]*(\d+)\b")


def refuse_old_nx(origin: Path, revision: str) -> None:
    """Raise `UserError` if package.json requires a version of Nx that is too old.

    A project without package.json or nx, and a version that is not a number, such as
    `latest`, pass.
    """
    wanted = _read_wanted_version(origin, revision)
    found = _NUMBER.match(wanted)
    if found and int(found[1]) < OLDEST_MAJOR:
        raise UserError(
            f"package.json requires nx {wanted}, but a rehearsal needs "
            f"Nx {OLDEST_MAJOR} or later",
            suggestions=[f"run `npx nx migrate {OLDEST_MAJOR}` in the project"],
        )


def _read_wanted_version(origin: Path, revision: str) -> str:
    try:
        package: Any = json.loads(
            run_git("show", f"{revision}:package.json", cwd=origin)
        )
        sections = [package.get("dependencies"), package.get("devDependencies")]
        versions = [
            section["nx"] for section in sections if section and "nx" in section
        ]
    except (UserError, ValueError, AttributeError, TypeError):
        return ""
    return str(versions[0]) if versions else ""
