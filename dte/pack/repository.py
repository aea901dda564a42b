"""Refuses to pack files from outside the orb's repository.

An orb's folder may come from a stranger: its includes and links must not copy files of
this machine into a config.
"""

from __future__ import annotations

from pathlib import Path

from dte.errors import UserError


def find_repository(folder: Path) -> Path:
    """Return the root of the git repository that contains an orb's folder.

    Without a repository, the parent of the orb's folder is returned, because
    `<< include(../scripts/x.sh) >>` is common.
    """
    resolved = folder.resolve()
    for candidate in (resolved, *resolved.parents):
        if (candidate / ".git").exists():
            return candidate
    return resolved.parent


def refuse_outside(path: Path, repository: Path) -> None:
    """Raise UserError if a path leads outside the repository, even through a link."""
    if not path.resolve().is_relative_to(repository):
        raise UserError(
            f"{path}: is outside the orb's repository {repository}",
            suggestions=("Copy the file into the repository.",),
            code="outside",
        )
