"""Removes the variables of CI jobs and of the user from every test's environment."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.golden", "tests.provoked_messages", "tests.slow_tests"]

_PREFIXES = ("CIRCLE_", "DTE_", "NX_", "GIT_")
_NAMES = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "BASH_ENV", "ENV", "CDPATH"}

settings.register_profile("dte", deadline=None, derandomize=True, database=None)
settings.load_profile("dte")


@pytest.fixture(scope="session")
def _empty_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty folder in place of the user's settings."""
    return str(tmp_path_factory.mktemp("config"))


@pytest.fixture(autouse=True)
def _clear_environment(monkeypatch: pytest.MonkeyPatch, _empty_folder: str) -> None:
    """Remove variables that could change a test's result, and set an author for git."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name in _NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    # Yarn 1 fails if XDG_CONFIG_HOME is not a folder.
    monkeypatch.setenv("XDG_CONFIG_HOME", _empty_folder)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.com")
