"""The old client and the stand-in's client, each in its own folder in each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dte.nx_cloud import NxCloud

from .real_client import install
from .scripted_server import ScriptedServer
from .sides import RealSide, Side, StandInSide

MakeSides = Callable[[str], tuple[Side, Side]]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install Nx and the old client once for all tests."""
    return install(tmp_path_factory.mktemp("oracle") / "installed")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """The scripted server to which the old client connects."""
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def real(installed: Path, tmp_path: Path, server: ScriptedServer) -> RealSide:
    """The old client."""
    return RealSide(installed, tmp_path / "real", server)


@pytest.fixture
def make_sides(
    installed: Path, tmp_path: Path, server: ScriptedServer
) -> Iterator[MakeSides]:
    """Return a function that makes both clients, in folders named after a machine."""
    with NxCloud() as cloud:
        yield lambda name: (
            RealSide(installed, tmp_path / f"{name}-real", server),
            StandInSide(installed, tmp_path / f"{name}-stand-in", cloud),
        )


@pytest.fixture
def sides(make_sides: MakeSides) -> tuple[Side, Side]:
    """The old client and the stand-in's client."""
    return make_sides("one")
