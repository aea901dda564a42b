"""Checks that this commit is ready for its release (`make release-check`)."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from tools.failures import ToolError, exit_with
from tools.orb_review import read_orb, shows_current_major
from tools.publishing.artifacts import find_artifact_problems
from tools.publishing.identity import PLACEHOLDER, read_identity

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
HEADING = re.compile(r"^## \[?v?(\d+\.\d+\.\d+(?: \(unreleased\))?)", re.MULTILINE)


class Problem(NamedTuple):
    """A reason why this commit can't be published, and its fix."""

    words: str
    fix: str


def find_problems(root: Path, version: str) -> Iterator[Problem]:
    """Yield the reasons why the checkout in `root` can't be the release `version`."""
    if not VERSION.fullmatch(version):
        raise ToolError(
            f"{version!r} is not a version.",
            suggestions=["Give three numbers: make release-check VERSION=1.2.3"],
        )
    if read_identity(root).namespace == PLACEHOLDER:
        words = "the namespace is still the placeholder"
        yield Problem(words, "make claim NAMESPACE=your-own")
    if changes := ask_git(root, "status", "--porcelain"):
        words = f"the working tree has changes: {changes[0].strip()}"
        yield Problem(words, "commit or undo them")
    if f"v{version}" not in ask_git(root, "tag", "--points-at", "HEAD"):
        yield Problem(f"this commit has no tag v{version}", f"git tag v{version}")
    newest = HEADING.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if (found := newest[1] if newest else "no release") != version:
        words = f"the newest entry of CHANGELOG.md is {found}, not {version}"
        yield Problem(words, f'start CHANGELOG.md with "## {version}"')
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    if (found := project["project"]["version"]) != version:
        words = f"pyproject.toml has the version {found}, not {version}"
        yield Problem(words, f'set version = "{version}"')
    major = version.split(".")[0]
    for file, words in shows_current_major(read_orb(root / "orb", major=int(major))):
        example = f"the example {Path(file).name} {words}"
        yield Problem(example, f"change it to @{major}.0.0 or newer")


def ask_git(root: Path, *words: str) -> list[str]:
    """Return the lines that git prints.

    Raises `ToolError` with git's message if it fails.
    """
    done = subprocess.run(
        ["git", *words], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ToolError(
            f"git {words[0]} failed.",
            details=done.stderr.partition("usage:")[0],
            suggestions=["A release needs a clone with at least one commit."],
        )
    return done.stdout.splitlines()


def main() -> None:
    """Report every problem of the release `VERSION` at once."""
    version = os.environ.get("VERSION", "")
    problems = list(find_problems(Path.cwd(), version))
    problems += starmap(Problem, find_artifact_problems(Path.cwd(), version))
    if problems:
        listed = "".join(f"\n  - {problem.words}" for problem in problems)
        raise ToolError(
            f"this commit can't be published as {version}:{listed}",
            suggestions=list(dict.fromkeys(problem.fix for problem in problems)),
        )
    print(f"ok: this commit can be published as {version}")


if __name__ == "__main__":
    sys.exit(exit_with(main))
