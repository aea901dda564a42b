"""A small repository that is ready to be released as 1.2.3, for tests to break."""

from __future__ import annotations

from pathlib import Path

from tests.git import git, make_repository

EXAMPLE = """\
description: How to greet
usage:
  version: 2.1
  orbs:
    dte: acme/dte@1.0.0
  workflows: {}
"""

PROJECT = """\
[project]
version = "1.2.3"
[tool.dte]
namespace = "acme"
orb = "dte"
"""

FILES = {
    "pyproject.toml": PROJECT,
    "CHANGELOG.md": "# Changelog\n\n## 1.2.3\n\n- Now greets.\n\n## 1.2.2\n",
    "orb/@orb.yml": "version: 2.1\ndescription: An orb\n",
    "orb/examples/greet.yml": EXAMPLE,
    ".gitignore": "dist/\n.cache/\n.tools\n",
}


def make_release(folder: Path) -> Path:
    """Make the repository, with everything committed and tagged v1.2.3."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    make_repository(folder)
    git(folder, "tag", "v1.2.3")
    return folder
