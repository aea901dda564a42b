"""What the end-to-end tests share."""

import os
from pathlib import Path

import pytest

from tests.end_to_end.fake_tools import install_fakes
from tests.end_to_end.sample_workspace import install_packages


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's installed packages; jobs link them instead of installing again."""
    return install_packages(tmp_path_factory.mktemp("packages"))


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The log of npm and npx, which only write down their words."""
    log = install_fakes(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return log
