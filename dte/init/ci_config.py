"""Reads .nx/ci-config.yaml, which decides which agents run the tasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dte.init.facts import Fact
from dte.parse import read_yaml

_NAMES = ("ci-config.yaml", "ci-config.yml")
MANUAL = "manual"


def find_distribution(root: Path) -> Fact:
    """Return the value of `distribute-on`, or an empty fact if the file doesn't exist.

    The orb refuses a file in which any value is not `manual`, so the first value that
    is not `manual` is returned (scripts/lib/ci_config.py).

    Raises `UserError` if the file is not YAML.
    """
    for name in _NAMES:
        path = root / ".nx" / name
        if path.is_file():
            values = list(_list_values(_drop_overrides(read_yaml(path))))
            chosen = next((value for value in values if value != MANUAL), MANUAL)
            return Fact(_describe(chosen) if values else "", f".nx/{name}")
    return Fact()


def note_on_distribution(distribution: Fact) -> list[str]:
    """Return sentences about what the user has to change in .nx/ci-config.yaml."""
    if not distribution.source or distribution.value == MANUAL:
        return []
    written = distribution.value or "missing"
    return [
        f"`distribute-on` in {distribution.source} is {written}, so other agents than "
        "the workflow's would run the tasks; change it to `distribute-on: manual`"
    ]


def _drop_overrides(config: Any) -> Any:
    """Return the config without `overrides`, which apply only to named environments."""
    if not isinstance(config, dict):
        return None
    return {key: value for key, value in config.items() if key != "overrides"}


def _describe(value: Any) -> str:
    if isinstance(value, list | dict):
        return "(a list or mapping)"
    return str(value) if value not in (None, "") else "(empty)"


def _list_values(value: Any) -> Iterator[Any]:
    """Yield each value of `distribute-on`, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _list_values(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "distribute-on":
                yield item
            else:
                yield from _list_values(item)
