"""Fixtures that run the orb's scripts as a job does: with `python -I -S`."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.provoked_messages import VARIABLE
from tests.scripts import recorder
from tests.scripts.circleci_api import FakeCircleCI
from tests.scripts.clients import TOKEN, Clock
from tests.scripts.nx_job import NxJob
from tests.scripts.repositories import Upstream, build_shop
from tests.scripts.rerun_job import rerun_api, run_job
from tools.carried_code import DIGEST, copy_code

if TYPE_CHECKING:
    from circleci import CircleCIClient

__all__ = ["rerun_api", "run_job"]  # fixtures

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
# Unit tests import the scripts' modules by their flat names, as the scripts do.
sys.path.insert(0, str(SCRIPTS / "lib"))
recorder.record_messages(
    importlib.import_module("failures"), lambda: os.environ[VARIABLE]
)


class RunScript(Protocol):
    """Runs scripts/<name>.py with only `env`, PATH, HOME and DTE_CODE."""

    def __call__(
        self, name: str, env: Mapping[str, str], cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]: ...


def recorded_command() -> list[str]:
    """Return the start of a command that runs a program and records its messages."""
    return [sys.executable, "-I", "-S", recorder.__file__, os.environ[VARIABLE]]


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the modules that the orb's scripts can import in a job."""
    return copy_code(tmp_path_factory.mktemp("code"))


@pytest.fixture
def run_script(tmp_path: Path, code: Path) -> RunScript:
    """Return a function that runs one of the orb's scripts as a process."""
    home = tmp_path / "home"
    home.mkdir()

    def run(
        name: str, env: Mapping[str, str], cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*recorded_command(), str(code), name],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "DTE_CODE": DIGEST.read_text(encoding="ascii"),
                **env,
            },
            cwd=cwd or tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def circleci() -> Iterator[FakeCircleCI]:
    """CircleCI's API on loopback, with no pipelines yet."""
    with FakeCircleCI() as server:
        yield server


@pytest.fixture
def nx_job(run_script: RunScript, tmp_path: Path) -> NxJob:
    """A job with an Nx workspace, and an npx that records its arguments."""
    return NxJob(run_script, tmp_path / "nx-job")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Upstream:
    """The history that most git tests use; no test changes it."""
    return build_shop(tmp_path_factory.mktemp("host") / "shop")


@pytest.fixture
def clock() -> Clock:
    """The clock that replaces the client's pauses."""
    return Clock()


@pytest.fixture
def api(circleci: FakeCircleCI, clock: Clock) -> CircleCIClient:
    """A client with a token for the server on loopback."""
    from circleci import CircleCIClient

    return CircleCIClient(circleci.url, TOKEN, sleep=clock.sleep)
