"""Fixtures of the end-to-end tests."""

import os
from pathlib import Path

import pytest

from tests.end_to_end.fake_tools import install_fakes
from tests.end_to_end.sample_workspace import install_packages


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's installed packages, which jobs link instead of installing them."""
    return install_packages(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of fake npm and npx commands, which only record their arguments."""
    log = install_fakes(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return log
