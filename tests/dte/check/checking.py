"""Checks a config that a test gives as text."""

from __future__ import annotations

import textwrap
from pathlib import Path

from dte.check.config import Checked, check_config
from dte.check.finding import Finding
from dte.model import PipelineValues

ORB = "version: 2.1\norbs: {dte: acme/dte@1.0.0}\n"


def check_text(
    folder: Path, config: str, pipeline: PipelineValues | None = None
) -> Checked:
    """Check this text as the config of the repository in `folder`."""
    path = folder / ".circleci" / "config.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(config))
    return check_config(path, orbs={}, pipeline=pipeline or PipelineValues())


def find_in(folder: Path, config: str, code: str) -> list[Finding]:
    """Return the findings of one rule in this text."""
    return [one for one in check_text(folder, config).findings if one.code == code]
