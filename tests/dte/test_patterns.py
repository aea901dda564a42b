"""Patterns use RE2's syntax and have to match the whole string."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.patterns import MAX_LENGTH, InvalidPattern, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("v.*", "v1", True),
        ("v", "v1", False),
        ("^main$", "main", True),
        (r"main\z", "main", True),
        ("[[:digit:]]+", "123", True),
        (r"release\/.*", "release/1", True),
        ("a|ab", "ab", True),
        ("(?i)MAIN", "main", True),
        (".*", "a\nb", False),
        (".*", "\udcff", False),
        ("", "", True),
    ],
)
def test_whole_text(pattern: str, text: str, matches: bool) -> None:
    """A pattern matches the whole string or not at all."""
    assert compile_pattern(pattern).matches(text) is matches


@pytest.mark.parametrize(
    ("pattern", "reason", "advice"),
    [
        ("^(?!a)", "invalid perl operator", "not (… matches"),
        ("(?<=a)b", "RE2 refuses it", "lookbehind"),
        (r"(a)\1", "invalid escape sequence", "back references"),
        ("a++", "bad repetition operator", "possessive"),
        ("(?>a)", "RE2 refuses it", "atomic"),
        (r"a\Z", "invalid escape sequence", r"\z"),
        ("(", "missing )", ""),
        ("a" * (MAX_LENGTH + 1), "129 characters", "join shorter patterns"),
        ("\udcff", "not valid text", ""),
    ],
)
def test_refused(pattern: str, reason: str, advice: str) -> None:
    """An invalid pattern is refused with the reason and, where possible, advice."""
    with pytest.raises(InvalidPattern) as caught:
        compile_pattern(pattern)
    assert reason in str(caught.value)
    assert advice in caught.value.advice


def test_the_longest_pattern() -> None:
    """A pattern may have 128 characters."""
    assert compile_pattern("a" * MAX_LENGTH).matches("a" * MAX_LENGTH)


@given(
    pattern=st.text("ab(|)*+?{1}[]^$\\.", max_size=20), text=st.text("ab", max_size=99)
)
def test_any_pattern(pattern: str, text: str) -> None:
    """A pattern works or raises `InvalidPattern`; it raises no other error."""
    with contextlib.suppress(InvalidPattern):
        compile_pattern(pattern).matches(text)
