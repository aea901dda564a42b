"""CircleCI's own CLI, whose output the tests compare with dte's."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

_TOOLS = Path(__file__).parents[3] / ".tools" / "bin" / "circleci"
# Read at import, because a fixture removes the variables DTE_* for each test.
_FOUND = (
    os.environ.get("DTE_TEST_CIRCLECI_CLI")
    or shutil.which("circleci")
    or (str(_TOOLS) if _TOOLS.exists() else None)
)


def pack_with_cli(folder: Path, home: Path) -> Any:
    """Return what `circleci orb pack` prints, as data, or None if it fails."""
    printed = print_with_cli(folder, home)
    return None if printed is None else yaml.safe_load(printed)


def print_with_cli(folder: Path, home: Path) -> str | None:
    """Return what `circleci orb pack` prints, or None if it fails."""
    if _FOUND is None:
        pytest.fail(
            "CircleCI's CLI is missing: run `make setup-circleci`, or name it in "
            "DTE_TEST_CIRCLECI_CLI"
        )
    result = subprocess.run(
        [_FOUND, "orb", "pack", str(folder), "--skip-update-check"],
        env={"HOME": str(home), "CIRCLECI_CLI_TELEMETRY_OPTOUT": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout if result.returncode == 0 else None
