"""Finds the name of the main branch, without running git."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dte.init.facts import Fact
from dte.init.json_files import text_of
from dte.init.text_files import read_optional

DEFAULT = "main"
_REF = "ref: refs/remotes/origin/"


def find_main_branch(repository: Path, nx_json: dict[str, Any]) -> Fact:
    """Return the branch of origin/HEAD, else `defaultBase` of nx.json, else `main`.

    `git clone` writes origin/HEAD. Nx also reads the older key `affected.defaultBase`.
    """
    remote = _git_folder(repository) / "refs" / "remotes" / "origin"
    head = read_optional(remote / "HEAD").strip()
    if head.startswith(_REF):
        return Fact(head.removeprefix(_REF), "origin/HEAD")
    base = text_of(nx_json, "defaultBase") or text_of(
        nx_json, "affected", "defaultBase"
    )
    if base:
        return Fact(base.removeprefix("origin/"), "defaultBase in nx.json")
    return Fact(DEFAULT, "default")


def _git_folder(repository: Path) -> Path:
    """Return the folder with the refs; in a worktree or submodule, .git is a file."""
    path = repository / ".git"
    if path.is_dir():
        return path
    folder = repository / read_optional(path).strip().removeprefix("gitdir: ")
    common = read_optional(folder / "commondir").strip()
    return folder / common if common else folder
