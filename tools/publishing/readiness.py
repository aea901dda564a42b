"""What has to be true before anything is sent to the registry; nothing is sent here."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from tools.failures import ToolError
from tools.publishing.identity import Identity

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
RELEASE_HEADING = re.compile(
    r"^## \[?v?(\d+\.\d+\.\d+(?: \(unreleased\))?)", re.MULTILINE
)
TOKENS = ("CIRCLECI_CLI_TOKEN", "CIRCLE_TOKEN")


class Problem(NamedTuple):
    """Something that keeps the orb from being published, and its mend."""

    words: str
    mend: str


@dataclass(frozen=True)
class Release:
    """The facts about this checkout that decide whether it is the release `version`."""

    version: str
    changes: tuple[str, ...]
    tags: tuple[str, ...]
    newest_in_changelog: str
    imports: Mapping[str, str]


def find_token(environment: Mapping[str, str] = os.environ) -> str:
    """The token for CircleCI, empty where there is none."""
    return next((environment[n] for n in TOKENS if environment.get(n)), "")


def check_access(identity: Identity, token: str) -> list[Problem]:
    """What is missing to publish anything at all."""
    problems = []
    if not identity.is_claimed:
        problem = "the namespace is still the placeholder"
        problems.append(Problem(problem, "make claim NAMESPACE=your-own"))
    if not token:
        mend = "create a personal API token in CircleCI's user settings and export it"
        problems.append(Problem(f"{TOKENS[0]} is not set", mend))
    return problems


def read_release(root: Path, version: str) -> Release:
    """Gather the facts from git, the changelog and the orb's examples."""
    if not VERSION.fullmatch(version):
        raise ToolError(
            f"{version!r} is not a version.",
            suggestions=["Three numbers: make publish VERSION=1.2.3"],
        )
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8") if changelog.exists() else ""
    newest = RELEASE_HEADING.search(text)
    return Release(
        version=version,
        changes=tuple(ask_git(root, "status", "--porcelain")),
        tags=tuple(ask_git(root, "tag", "--points-at", "HEAD")),
        newest_in_changelog=newest[1] if newest else "",
        imports=dict(read_imports(root / "orb" / "examples", "dte")),
    )


def ask_git(root: Path, *words: str) -> list[str]:
    """The lines that git answers, or an error with git's own words."""
    said = subprocess.run(
        ["git", *words], cwd=root, capture_output=True, text=True, check=False
    )
    if said.returncode != 0:
        raise ToolError(
            f"git {words[0]} failed.",
            details=said.stderr.partition("usage:")[0],
            suggestions=["A release needs a clone with at least one commit."],
        )
    return said.stdout.splitlines()


def read_imports(examples: Path, orb: str) -> list[tuple[str, str]]:
    """Each example's file name and the version of the orb that it imports."""
    found = []
    for file in sorted(examples.glob("*.yml")):
        usage = yaml.safe_load(file.read_text(encoding="utf-8"))["usage"]
        found.append((file.name, str(usage["orbs"][orb]).rpartition("@")[2]))
    return found


def check_release(release: Release) -> list[Problem]:
    """What keeps this checkout from being the release that it is said to be."""
    version, problems = release.version, []
    if release.changes:
        changed = f"the working tree has changes: {release.changes[0].strip()}"
        problems.append(Problem(changed, "commit or undo them"))
    if f"v{version}" not in release.tags:
        untagged = f"this commit has no tag v{version}"
        problems.append(Problem(untagged, f"git tag v{version}"))
    if release.newest_in_changelog != version:
        found = release.newest_in_changelog or "no release"
        words = f"the newest entry of CHANGELOG.md is {found}, not {version}"
        problems.append(Problem(words, f'start CHANGELOG.md with "## {version}"'))
    major = version.split(".")[0]
    for file, imported in release.imports.items():
        if imported.split(".")[0] != major:
            words = f"the example {file} imports @{imported}, not major {major}"
            problems.append(Problem(words, f"change it to @{major}.0.0 or newer"))
    return problems


def refuse(reference: str, problems: list[Problem]) -> None:
    """Raise one error that lists every problem with its mend, if there is any."""
    if problems:
        raise ToolError(
            f"{reference} cannot be published yet; nothing was sent.",
            details="\n".join(problem.words for problem in problems),
            suggestions=[problem.mend for problem in problems],
        )
