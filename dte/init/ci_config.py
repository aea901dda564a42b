"""Reads .nx/ci-config.yaml, which decides which agents run the tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dte.init.facts import Fact
from dte.parse import read_yaml

_NAMES = ("ci-config.yaml", "ci-config.yml")
MANUAL = "manual"


def find_distribution(root: Path) -> Fact:
    """Return the value of `distribute-on`, or an empty fact if the file doesn't exist.

    Raises `UserError` if the file isn't YAML.
    """
    for name in _NAMES:
        path = root / ".nx" / name
        if path.is_file():
            found = _find(read_yaml(path))
            value = found if isinstance(found, str) else "(a mapping)"
            return Fact("" if found is None else value, f".nx/{name}")
    return Fact()


def note_on_distribution(distribution: Fact) -> list[str]:
    """Return sentences about what the user has to change in the file."""
    if not distribution.source or distribution.value == MANUAL:
        return []
    written = distribution.value or "missing"
    return [
        f"`distribute-on` in {distribution.source} is {written}, so other agents than "
        "the workflow's would run the tasks; change it to `distribute-on: manual`"
    ]


def _find(value: Any) -> Any:
    """Return the value of the first `distribute-on` at any depth."""
    if not isinstance(value, dict):
        return None
    if "distribute-on" in value:
        return value["distribute-on"]
    inner = (_find(item) for item in value.values())
    return next((found for found in inner if found is not None), None)
