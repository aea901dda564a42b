"""A version of Nx that can't be rehearsed is refused before the first job."""

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.run.nx_version import refuse_old_nx
from tests.dte.rehearse_config import rehearse_text
from tests.git import make_repository
from tests.locked_versions import LOCK_FILES

JOB = """
version: 2.1
jobs:
  hello:
    docker: [{image: cimg/base:stable}]
    steps: [{run: echo hello}]
workflows: {main: {jobs: [hello]}}
"""


def make_project(folder: Path, package: str) -> Path:
    """Make a repository with this package.json."""
    (folder / "package.json").write_text(package)
    return make_repository(folder)


@pytest.mark.parametrize("wanted", ["17.3.2", "^16.10.0", "~15.6", ">=14", "v13"])
@pytest.mark.parametrize("section", ["dependencies", "devDependencies"])
def test_an_old_version_is_refused(tmp_path: Path, wanted: str, section: str) -> None:
    """The message shows the version that package.json requires."""
    project = make_project(tmp_path, f'{{"{section}": {{"nx": "{wanted}"}}}}')
    with pytest.raises(UserError) as failure:
        refuse_old_nx(project, "HEAD")
    assert f"nx {wanted}, and a rehearsal needs Nx 18 or later" in str(failure.value)


@pytest.mark.parametrize(
    "package",
    [
        '{"devDependencies": {"nx": "18.0.0"}}',
        '{"devDependencies": {"nx": "^24.0.6"}}',
        '{"devDependencies": {"nx": "latest"}}',
        '{"devDependencies": {"nx": "catalog:"}}',
        '{"devDependencies": {"lerna": "1.0.0"}}',
        '{"devDependencies": []}',
        "{}",
        "[]",
        "not JSON",
    ],
)
def test_anything_else_passes(tmp_path: Path, package: str) -> None:
    """A newer version, no version, and a file that can't be read pass."""
    refuse_old_nx(make_project(tmp_path, package), "HEAD")


@pytest.mark.parametrize("name", LOCK_FILES)
def test_a_lock_file_has_the_version(tmp_path: Path, name: str) -> None:
    """The locked version counts, not the range in package.json."""
    (tmp_path / name).write_text(LOCK_FILES[name].format(version="17.3.2"))
    project = make_project(tmp_path, '{"devDependencies": {"nx": ">=17"}}')
    with pytest.raises(UserError) as failure:
        refuse_old_nx(project, "HEAD")
    assert f"{name} has nx 17.3.2, and a rehearsal needs Nx 18" in str(failure.value)


@pytest.mark.parametrize("name", LOCK_FILES)
def test_a_newer_locked_version_passes(tmp_path: Path, name: str) -> None:
    """An older Nx that another package needs doesn't count."""
    (tmp_path / name).write_text(LOCK_FILES[name].format(version="18.0.0"))
    refuse_old_nx(make_project(tmp_path, '{"dependencies": {"nx": "*"}}'), "HEAD")


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_no_job_starts(tmp_path: Path, name: str) -> None:
    """The rehearsal ends before its first job."""
    texts = {"package.json": '{{"devDependencies": {{"nx": "{version}"}}}}'}
    (tmp_path / "project").mkdir()
    text = (LOCK_FILES | texts)[name].format(version="17.3.2")
    (tmp_path / "project" / name).write_text(text)
    with pytest.raises(UserError, match=r"nx 17\.3\.2"):
        rehearse_text(tmp_path, JOB)
