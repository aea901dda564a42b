"""The `golden` fixture: compares a string with a file, or rewrites the file.

A pytest plugin; only `make golden` passes `--golden`, which rewrites the files.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest


class Golden(NamedTuple):
    """Compares strings with golden files, or writes the files if ``rewrite`` is set."""

    rewrite: bool

    def check(self, path: Path, actual: str) -> None:
        """Fail unless `path` contains `actual`; with `--golden`, rewrite the file."""
        if self.rewrite:
            path.write_text(actual, encoding="utf-8")
            return
        if not path.exists():
            pytest.fail(f"{path} is missing: run `make golden` and read its output")
        assert actual == path.read_text(encoding="utf-8"), (
            f"{path} differs: run `make golden` and read the diff"
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--golden`."""
    parser.addoption(
        "--golden", action="store_true", help="rewrite the golden files of tests/cases"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a `Golden`, which rewrites the files if `--golden` is given."""
    return Golden(rewrite=bool(request.config.getoption("--golden")))
