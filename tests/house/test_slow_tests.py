"""The slow tests fit the time that `make check` may take on two cores."""

import subprocess
import sys

from tests.slow_tests import read_table
from tests.tooling.repository import ROOT

BUDGET_SECONDS = 45 * 60
QUICK_SECONDS = 10 * 60  # linters, types, packing, and the tests that are not slow
CORES = 2


def collect(marker: str) -> set[str]:
    """Return the files that have tests with this marker."""
    words = ["-q", "--collect-only", "-n", "0", "-m", marker]
    command = [sys.executable, "-m", "pytest", *words]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 5), done.stdout + done.stderr
    lines = done.stdout.splitlines()
    return {line.partition("::")[0] for line in lines if "::" in line}


def test_the_table_lists_each_file_with_slow_tests() -> None:
    """The table lists exactly the files that contain slow tests."""
    assert set(read_table()) == collect("slow and not long")


def test_the_slow_tests_fit_the_budget() -> None:
    """The expected time of all tests on two cores is within the budget."""
    seconds = read_table().values()
    assert QUICK_SECONDS + sum(seconds) / CORES <= BUDGET_SECONDS
    # One process runs all tests of a file.
    assert QUICK_SECONDS + max(seconds) <= BUDGET_SECONDS
