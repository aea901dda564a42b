"""What `make publish` wants to be true before it sends anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tooling.releases import EXAMPLE, commit, git, make_release
from tools.failures import ToolError
from tools.publishing.identity import Identity
from tools.publishing.readiness import (
    check_access,
    check_release,
    find_token,
    read_release,
)


def problems_of(root: Path, version: str = "1.2.3") -> list[str]:
    """The words of each problem of a release."""
    return [problem.words for problem in check_release(read_release(root, version))]


def test_a_clean_tagged_commit_with_its_changelog_is_a_release(tmp_path: Path) -> None:
    """Nothing stands in the way of a release that is one."""
    assert problems_of(make_release(tmp_path)) == []


def leave_a_change(root: Path) -> None:
    """A file that is not committed."""
    (root / "new.txt").write_text("new")


def move_on(root: Path) -> None:
    """A commit after the tag."""
    commit(root)


def forget_the_changelog(root: Path) -> None:
    """A changelog that still speaks of the release before."""
    (root / "CHANGELOG.md").write_text("## 1.2.2\n")
    commit(root)
    git(root, "tag", "--force", "v1.2.3")


def leave_it_unreleased(root: Path) -> None:
    """A changelog that says of the version that it is not out yet."""
    (root / "CHANGELOG.md").write_text("## 1.2.3 (unreleased)\n", encoding="utf-8")
    commit(root)
    git(root, "tag", "--force", "v1.2.3")


def lose_the_changelog(root: Path) -> None:
    """No changelog at all."""
    (root / "CHANGELOG.md").unlink()
    commit(root)
    git(root, "tag", "--force", "v1.2.3")


def show_an_old_major(root: Path) -> None:
    """An example that imports the major version before."""
    example = root / "orb/examples/greet.yml"
    example.write_text(EXAMPLE.replace("@1.0.0", "@0.9.0"))
    commit(root)
    git(root, "tag", "--force", "v1.2.3")


@pytest.mark.parametrize(
    ("breakage", "words"),
    [
        (leave_a_change, "the working tree has changes: ?? new.txt"),
        (move_on, "this commit has no tag v1.2.3"),
        (forget_the_changelog, "the newest entry of CHANGELOG.md is 1.2.2, not 1.2.3"),
        (
            leave_it_unreleased,
            "the newest entry of CHANGELOG.md is 1.2.3 (unreleased), not 1.2.3",
        ),
        (
            lose_the_changelog,
            "the newest entry of CHANGELOG.md is no release, not 1.2.3",
        ),
        (show_an_old_major, "the example greet.yml imports @0.9.0, not major 1"),
    ],
)
def test_each_thing_that_does_not_agree_is_named(
    breakage: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    """One thing out of order is one problem, in words that say what and where."""
    root = make_release(tmp_path)
    breakage(root)
    assert problems_of(root) == [words]


@pytest.mark.parametrize(
    "version", ["", "1.2", "v1.2.3", "1.2.3-rc1", "01.2.3", "dev:x"]
)
def test_only_three_numbers_are_a_version(version: str, tmp_path: Path) -> None:
    """CircleCI's releases are three numbers; anything else is refused at once."""
    with pytest.raises(ToolError, match="is not a version"):
        read_release(make_release(tmp_path), version)


def test_a_repository_without_a_commit_is_an_error_of_git(tmp_path: Path) -> None:
    """Git's own words are shown, not a traceback."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "orb" / "examples").mkdir(parents=True)
    with pytest.raises(ToolError, match="git tag failed"):
        read_release(tmp_path, "1.2.3")


def test_a_missing_token_and_an_unclaimed_namespace_are_both_named() -> None:
    """A person sees everything that is missing at once."""
    problems = check_access(Identity("your-namespace", "dte"), "")
    assert [problem.words for problem in problems] == [
        "the namespace is still the placeholder",
        "CIRCLECI_CLI_TOKEN is not set",
    ]


def test_the_command_line_s_own_token_comes_first() -> None:
    """CIRCLE_TOKEN, which CI sets, is used where the other is empty."""
    both = {"CIRCLE_TOKEN": "ci", "CIRCLECI_CLI_TOKEN": "desk"}
    assert find_token(both) == "desk"
    assert find_token({**both, "CIRCLECI_CLI_TOKEN": ""}) == "ci"
    assert find_token({}) == ""
