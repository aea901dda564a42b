"""The slow tests fit into the time that `make check` may take on two cores."""

import pytest

from tests.slow_tests import COLLECTED, read_table

BUDGET_SECONDS = 45 * 60
QUICK_SECONDS = 10 * 60  # linters, types, packing, and the tests that are not slow
CORES = 2


def test_the_table_lists_each_file_with_slow_tests(
    pytestconfig: pytest.Config,
) -> None:
    """The table lists exactly the files that contain slow tests.

    If pytest collects only some files, or only some tests of a file, this test
    compares only these.
    """
    collected = pytestconfig.stash[COLLECTED]
    table = set(read_table())
    assert {name for name, slow in collected.items() if slow} <= table
    if pytestconfig.args == ["tests"]:
        assert table == {name for name, slow in collected.items() if slow}


def test_the_slow_tests_fit_the_budget() -> None:
    """The expected time of all tests on two cores is within the budget."""
    seconds = read_table().values()
    assert QUICK_SECONDS + sum(seconds) / CORES <= BUDGET_SECONDS
    # One process runs all tests of a file, so the slowest file must fit, too.
    assert QUICK_SECONDS + max(seconds) <= BUDGET_SECONDS
