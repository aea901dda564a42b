"""Checks that the stand-in for Nx Cloud supports the project's version of Nx."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.locked_nx import find_locked_nx, read_major
from dte.run.git import run_git

OLDEST_MAJOR = 18
"""Older versions of Nx hand their tasks to Nx Cloud in a different way."""


def refuse_old_nx(origin: Path, revision: str) -> None:
    """Raise `UserError` if the revision's version of Nx is too old.

    The version is read from the lock file, or else from the range in package.json. A
    project without nx is allowed, and so is a version without digits, such as `latest`.
    """
    read = partial(_read_file, origin, revision, _list_files(origin, revision))
    version, name = find_locked_nx(read)
    found = f"{name} has nx {version}"
    if not version:
        version = _read_wanted_version(read)
        found = f"package.json asks for nx {version}"
    major = read_major(version)
    if major is not None and major < OLDEST_MAJOR:
        raise UserError(
            f"{found}, and a rehearsal needs Nx {OLDEST_MAJOR} or later",
            suggestions=[f"run `npx nx migrate {OLDEST_MAJOR}` in the project"],
        )


def _list_files(origin: Path, revision: str) -> frozenset[str]:
    with suppress(UserError):
        names = run_git("ls-tree", "--name-only", revision, cwd=origin)
        return frozenset(names.splitlines())
    # A treeless clone, for example, lacks them.
    return frozenset()


def _read_file(origin: Path, revision: str, names: frozenset[str], name: str) -> str:
    if name not in names:
        raise UserError(f"the project has no {name}")
    return run_git("show", f"{revision}:{name}", cwd=origin)


def _read_wanted_version(read: Callable[[str], str]) -> str:
    try:
        package: Any = json.loads(read("package.json"))
        sections = [package.get("dependencies"), package.get("devDependencies")]
        versions = [
            section["nx"] for section in sections if section and "nx" in section
        ]
    except (UserError, ValueError, AttributeError, TypeError):
        return ""
    return str(versions[0]) if versions else ""
