"""Prints the time of each file's slow tests next to the expected time.

A pytest plugin; `tests/slow_tests.toml` lists the expected times.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

TABLE = Path(__file__).with_suffix(".toml")
COLLECTED = pytest.StashKey[dict[str, bool]]()


def read_table() -> dict[str, int]:
    """Return how many seconds each file's slow tests should take."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["seconds"]
    return {str(name): int(seconds) for name, seconds in table.items()}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Record which collected files have slow tests, before `-m` drops tests."""
    files: dict[str, bool] = {}
    for item in items:
        is_slow = bool(item.get_closest_marker("slow"))
        is_long = bool(item.get_closest_marker("long"))
        name = item.nodeid.partition("::")[0]
        files[name] = files.get(name, False) or (is_slow and not is_long)
    config.stash[COLLECTED] = files


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each file whose slow tests ran."""
    took: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and "slow" in report.keywords:
                name = report.nodeid.partition("::")[0]
                took[name] = took.get(name, 0) + report.duration
    expected = read_table()
    if took:
        terminalreporter.section("slow tests: seconds, expected seconds")
    for name, seconds in sorted(took.items()):
        line = f"{seconds:7.0f} {expected.get(name, 0):7d}  {name}"
        terminalreporter.write_line(line)
