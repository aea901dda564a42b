"""Finds the Nx workspace and the git repository around a folder."""

from __future__ import annotations

from pathlib import Path

from dte.errors import UserError


def find_workspace(start: Path) -> Path:
    """Return the nearest folder at or above `start` with nx.json.

    Raises `UserError` if no such folder exists.
    """
    for folder in (start, *start.parents):
        if (folder / "nx.json").is_file():
            return folder
    raise UserError(
        f"no Nx workspace: neither {start} nor a folder above it has an nx.json",
        suggestions=[
            "run dte init in the folder that has nx.json",
            "or add Nx to the repository first: npx nx init",
        ],
    )


def find_repository(workspace: Path) -> Path:
    """Return the nearest folder at or above `workspace` with .git.

    Raises `UserError` if no such folder exists.
    """
    for folder in (workspace, *workspace.parents):
        if (folder / ".git").exists():
            return folder
    raise UserError(
        f"{workspace} is not in a git repository, which CircleCI needs",
        suggestions=["run git init, commit the workspace, and run dte init again"],
    )
