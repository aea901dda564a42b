"""Expressions are evaluated as the "Configuration reference" describes."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.compile.expressions import ExpressionError, evaluate

NAMES = {
    "foo": True,
    "bar": False,
    "pipeline.git.branch": "main",
    "pipeline.number": 7,
    "parameters.my-flag": "on",
    "nothing": None,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('pipeline.git.branch == "main"', True),
        ("pipeline.git.branch == 'main'", True),
        ('pipeline.git.branch != "main"', False),
        ('pipeline.git.branch starts-with "ma"', True),
        ('"hello world" starts-with "hello"', True),
        ("pipeline.number >= 7 and pipeline.number < 8", True),
        ("pipeline.number > 7.5", False),
        ("pipeline.number <= 7", True),
        ("pipeline.number <= 6.9", False),
        ("pipeline.number == 7.0", True),
        ('pipeline.number == "7"', False),
        ("1 == true", False),
        ("true == true", True),
        ("not foo and bar", False),
        ("not (foo and bar)", True),
        ("not bar", True),
        ("not not foo", True),
        ("foo or bar and bar", True),
        ("(foo or bar) and bar", False),
        ("foo and 10 or 1", 10),
        ("bar and 10 or 1", 1),
        ('nothing or "x"', "x"),
        ("parameters.my-flag", "on"),
        ('"a \\"quoted\\" and"', 'a "quoted" and'),
        ("\"and\" == 'and'", True),
        ("-3 < 0", True),
        (" \n foo \n ", True),
        ("not nothing", True),
        ("nothing == bar", False),
    ],
)
def test_value(text: str, expected: Any) -> None:
    """An expression's value follows from its operators and their precedence."""
    value = evaluate(text, NAMES.__getitem__)
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("foo bar", '"bar" is unexpected'),
        ("foo and", "it is incomplete"),
        ("(foo", 'missing ")"'),
        ("foo)", '")" is unexpected'),
        ("and foo", '"and" is unexpected'),
        ("foo = bar", '"= bar" is not valid here'),
        ("foo starts-with 'a'", "starts-with compares strings only"),
        ("foo > 1", "> compares numbers only"),
        ("'a' < 'b'", "< compares numbers only"),
        ("12ab", '"12ab" is not valid here'),
        ("(" * 200 + "foo" + ")" * 200, "nested too deeply"),
        ("not " * 200 + "foo", "nested too deeply"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """An invalid expression is refused with the reason."""
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, NAMES.__getitem__)
    assert message in str(caught.value)


WORDS = st.sampled_from(
    ["foo", "bar", "and", "or", "not", "(", ")", "==", "<", "starts-with", "1", '"a"']
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=20))
def test_any_text_is_a_value_or_refused(text: str) -> None:
    """Any string has a value or is refused; the parser never fails in another way."""
    with contextlib.suppress(ExpressionError):
        evaluate(text, NAMES.get)
