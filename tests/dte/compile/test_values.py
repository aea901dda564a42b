"""Checked values are converted to their final form or refused."""

from __future__ import annotations

from typing import Any

import pytest

from dte.compile import values
from dte.compile.expressions import truthy
from dte.compile.values import Check, InvalidValue
from dte.compile.variables import environment


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        (values.text, 1.5, "1.5"),
        (values.text, False, "false"),
        (values.boolean, "true", True),
        (values.boolean, False, False),
        (values.texts, "a", ("a",)),
        (values.texts, ["a", 1], ("a", "1")),
        (values.text_or_list, ["a", 1], ["a", "1"]),
        (values.text_or_list, 1, "1"),
        (values.one_of("a", "b"), "b", "b"),
        (values.WholeNumber(1), "12", 12),
        (values.WholeNumber(1, 5), 5, 5),
        (values.duration, "10m", "10m"),
        (values.duration, 600, 600),
        (values.delay, "10m", "10m"),
        (values.delay, "30s", "30s"),
        (environment, None, {}),
        (environment, [None, {"A": None}], {"A": "<nil>"}),
    ],
)
def test_fits(check: Check, value: Any, expected: Any) -> None:
    """A valid value is converted to its final form."""
    assert check(value) == expected


@pytest.mark.parametrize(
    ("check", "value", "message"),
    [
        (values.text, None, "a string"),
        (values.boolean, 1, "true or false"),
        (values.texts, [], "at least one"),
        (values.text_or_list, [], "at least one"),
        (values.one_of("a", "b"), [], "one of a, b"),
        (values.WholeNumber(1, 5), 6, "from 1 to 5"),
        (values.WholeNumber(1), 0, "at least 1"),
        (values.WholeNumber(1), True, "at least 1"),
        (values.WholeNumber(1), "1" * 20, "at least 1"),
        (values.duration, 0, "a time such as"),
        (values.listed_texts, "a", "a list of strings"),
        (values.duration, "10 m", "a time such as"),
        (values.delay, "11m", "at most 10 minutes"),
        (values.delay, "0s", "at most 10 minutes"),
        (environment, {"": 1}, "names and values"),
    ],
)
def test_does_not_fit(check: Check, value: Any, message: str) -> None:
    """The error for an invalid value says which values are valid."""
    with pytest.raises(InvalidValue, match=message):
        check(value)


def test_what_counts_as_true() -> None:
    """False, null, zero, NaN and an empty string are false; all else is true."""
    assert not any(map(truthy, [False, None, 0, 0.0, float("nan"), ""]))
    assert all(map(truthy, [True, 42, -1, "false", "0", " "]))
