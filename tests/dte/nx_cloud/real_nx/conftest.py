"""Jobs in clones of the sample, with its packages installed once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dte.nx_cloud import NxCloud

from ..real_job import RealJob, install_sample, make_job
from .words import Jobs


@pytest.fixture
def cloud() -> Iterator[NxCloud]:
    """Serve a stand-in whose heartbeat timeout is long enough for a busy machine."""
    with NxCloud() as running:
        yield running


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the sample once for all tests."""
    folder = tmp_path_factory.mktemp("sample")
    return install_sample(folder / "repository", folder / "npm")


@pytest.fixture
def repository(installed: Path, tmp_path: Path) -> Path:
    """Return a repository that only this test uses, so that the test may commit."""
    return shutil.copytree(
        installed,
        tmp_path / "repository",
        ignore=shutil.ignore_patterns("node_modules"),
    )


@pytest.fixture
def jobs(
    installed: Path, repository: Path, tmp_path: Path, cloud: NxCloud
) -> Iterator[Jobs]:
    """Make jobs by their names; their remaining processes are killed at the end."""
    made: list[RealJob] = []

    def make(name: str) -> RealJob:
        job = make_job(
            tmp_path / name,
            repository=repository,
            modules=installed / "node_modules",
            sockets=Path(sockets),
            cloud=cloud,
        )
        made.append(job)
        return job

    with tempfile.TemporaryDirectory(prefix="nx") as sockets:
        yield make
        for job in made:
            job.kill()
