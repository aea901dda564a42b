"""Makes workspaces to run `dte init` in."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dte.cli import main

CASES = Path(__file__).parents[2] / "cases" / "init"
CONFIG = Path(".circleci", "config.yml")
NX = '{"devDependencies": {"nx": "24.0.6"}}'


def copy_case(case: Path, folder: Path) -> Path:
    """Copy the repository of a case, with its folder `git` as .git; return its path."""
    repository = folder / "repository"
    shutil.copytree(case / "workspace", repository)
    (repository / ".git").mkdir()
    if (case / "git").exists():
        shutil.copytree(case / "git", repository / ".git", dirs_exist_ok=True)
    return repository


def make_workspace(folder: Path, config: str = "", **files: str) -> Path:
    """Make a repository with Nx, this config, and `files` (the text for each name)."""
    (folder / ".git").mkdir(parents=True)
    texts = {"nx.json": "{}", "package.json": NX, "package-lock.json": "{}", **files}
    if config:
        texts[str(CONFIG)] = config
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def run_init(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """Run `dte init` with these words in `folder`."""
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, ["init", *words], catch_exceptions=False)


def list_comments(text: str) -> list[str]:
    """Return the comments of a config in order.

    A comment's # is at the start of a line or after a space.
    """
    return [found.strip() for found in re.findall(r"(?m)(?:^|[ \t])#[^\r\n]*", text)]
