"""A version of Nx that can't be rehearsed is refused before the first job."""

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.run.nx_version import refuse_old_nx
from tests.dte.rehearse_config import rehearse_text
from tests.git import make_repository

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


def test_no_job_starts(tmp_path: Path) -> None:
    """The rehearsal ends before its first job."""
    (tmp_path / "project").mkdir()
    package = '{"devDependencies": {"nx": "17.3.2"}}'
    (tmp_path / "project" / "package.json").write_text(package)
    with pytest.raises(UserError, match=r"nx 17\.3\.2"):
        rehearse_text(tmp_path, JOB)
