"""The requirements of `make release-check` for a commit."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dte.test_package import build
from tests.git import commit_all, git
from tests.tooling.releases import EXAMPLE, PROJECT, make_release
from tests.tooling.repository import name_of, repository_files
from tools.failures import ToolError
from tools.publishing.artifacts import find_artifact_problems
from tools.publishing.identity import PLACEHOLDER
from tools.publishing.readiness import find_problems, main

pytestmark = pytest.mark.slow


def problems_of(root: Path, version: str = "1.2.3") -> list[str]:
    """Return the description of each problem with a release."""
    return [problem.words for problem in find_problems(root, version)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of 1.2.3, and a packed orb."""
    source = tmp_path_factory.mktemp("source")
    for path in repository_files():
        target = source / name_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    project = source / "pyproject.toml"
    lines = project.read_text().replace('version = "1.0.0"', 'version = "1.2.3"')
    project.write_text(lines)
    dist = source / "dist"
    dist.mkdir()
    build(dist, source)
    (dist / "orb.yml").write_text("version: 2.1\n")
    return dist


def test_a_clean_tagged_commit_with_its_changelog_is_a_release(
    tmp_path: Path,
    built: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A release that is complete has no problem."""
    monkeypatch.chdir(make_release(tmp_path))
    shutil.copytree(built, tmp_path / "dist")
    monkeypatch.setenv("VERSION", "1.2.3")
    main()
    assert capsys.readouterr().out == "ok: this commit can be published as 1.2.3\n"


def write_and_tag(name: str, text: str) -> Callable[[Path], None]:
    """Return a function that commits a file with this text, and moves the tag to it."""

    def apply(root: Path) -> None:
        (root / name).write_text(text, encoding="utf-8")
        commit_all(root)
        git(root, "tag", "--force", "v1.2.3")

    return apply


def leave_a_change(root: Path) -> None:
    """Write a file and don't commit it."""
    (root / "new.txt").write_text("new")


NEWEST = "the newest entry of CHANGELOG.md is"


@pytest.mark.parametrize(
    ("breakage", "words"),
    [
        (leave_a_change, "the working tree has changes: ?? new.txt"),
        (commit_all, "this commit has no tag v1.2.3"),
        (write_and_tag("CHANGELOG.md", "## 1.2.2\n"), f"{NEWEST} 1.2.2, not 1.2.3"),
        (
            write_and_tag("CHANGELOG.md", "## 1.2.3 (unreleased)\n"),
            f"{NEWEST} 1.2.3 (unreleased), not 1.2.3",
        ),
        (write_and_tag("CHANGELOG.md", ""), f"{NEWEST} no release, not 1.2.3"),
        (
            write_and_tag("orb/examples/greet.yml", EXAMPLE.replace("@1.", "@0.")),
            "the example greet.yml imports acme/dte@0.0.0, not version 1",
        ),
        (
            write_and_tag("pyproject.toml", PROJECT.replace("acme", PLACEHOLDER)),
            "the namespace is still the placeholder",
        ),
        (
            write_and_tag("pyproject.toml", PROJECT.replace("1.2.3", "1.2.2")),
            "pyproject.toml has the version 1.2.2, not 1.2.3",
        ),
    ],
)
def test_each_problem_is_named(
    breakage: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    """One mistake gives exactly one problem, which says what is wrong and where."""
    root = make_release(tmp_path)
    breakage(root)
    assert problems_of(root) == [words]


def test_all_problems_are_reported_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error lists each problem and each fix."""
    monkeypatch.chdir(make_release(tmp_path))
    leave_a_change(tmp_path)
    monkeypatch.setenv("VERSION", "1.2.4")
    with pytest.raises(ToolError) as refused:
        main()
    report = refused.value.report()
    assert "  - this commit has no tag v1.2.4\n" in report
    assert "  - dist/ has no orb.yml" in report
    assert "commit or undo them" in report


def break_wheel(dist: Path) -> None:
    """Remove the orb from the wheel."""
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            if "/bundled/orb/jobs/" not in name:
                archive.writestr(name, content)


@pytest.mark.parametrize(
    ("breakage", "words"),
    [
        (lambda dist: (dist / "orb.yml").unlink(), "dist/ has no orb.yml"),
        (
            lambda dist: (dist / "dte_orb-1.2.3.tar.gz").unlink(),
            "dist/ has no dte_orb-1.2.3.tar.gz",
        ),
        (
            lambda dist: (dist / "dte_orb-1.2.2.tar.gz").touch(),
            "dist/ has dte_orb-1.2.2.tar.gz, which isn't part of this release",
        ),
        (break_wheel, "the wheel does not work by itself: "),
    ],
)
def test_each_problem_of_a_file_is_named(
    breakage: Callable[[Path], None], words: str, tmp_path: Path, built: Path
) -> None:
    """One wrong file in dist/ gives exactly one problem."""
    root = make_release(tmp_path)
    shutil.copytree(built, root / "dist")
    breakage(root / "dist")
    (problem,) = find_artifact_problems(root, "1.2.3")
    assert problem[0].startswith(words)


@pytest.mark.parametrize(
    "version", ["", "1.2", "v1.2.3", "1.2.3-rc1", "01.2.3", "dev:x"]
)
def test_only_three_numbers_are_a_version(version: str, tmp_path: Path) -> None:
    """A release's version is three numbers, as in CircleCI's registry."""
    with pytest.raises(ToolError, match="is not a version"):
        problems_of(make_release(tmp_path), version)


def test_a_repository_without_a_commit_is_an_error_of_git(tmp_path: Path) -> None:
    """If the repository has no commit, the error names the git command that failed."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    with pytest.raises(ToolError, match="git tag failed"):
        list(find_problems(tmp_path, "1.2.3"))
