"""What the end-to-end tests share."""

from pathlib import Path

import pytest

from tests.end_to_end.sample_workspace import install_packages


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's installed packages; jobs link them instead of installing again."""
    return install_packages(tmp_path_factory.mktemp("packages"))
