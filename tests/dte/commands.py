"""Runs a command of `dte` in this process."""

import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dte.cli import main


def make_project(folder: Path, config: str) -> Path:
    """Make a project with this config and one more file."""
    (folder / ".circleci").mkdir(parents=True)
    (folder / ".circleci" / "config.yml").write_text(textwrap.dedent(config))
    (folder / "README.md").write_text("A project.\n")
    return folder


def run_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str, **env: str
) -> Result:
    """Run `dte` with these words in `folder`; log files are in `logs` beside it."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr("dte.commands.rehearse.default_parent", lambda: Path("../logs"))
    return CliRunner().invoke(main, words, env=env, catch_exceptions=False)
