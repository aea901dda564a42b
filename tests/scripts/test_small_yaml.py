"""The reader of simple YAML refuses a text, or reads the same as a YAML parser."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_yaml import NotSimple, parse

PIECES = [
    *("dte:", "dte:\n  ", "distribute-on: ", "distribute-on", "manual", "3 linux"),
    *("overrides:\n  main:\n    dte:\n      ", "\n", "\n  "),
    *("- ", "-", ": ", ":", " "),
    *(
        "\n    ",
        "\r\n",
        "\r",
        "\t",
        "#",
        " # ",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ", ",
        ",",
    ),
    *(
        "&a ",
        "*a",
        "!t ",
        "|\n",
        ">-\n",
        "? ",
        "<",
        "---\n",
        "--- ",
        "...\n",
        "%",
        "\\",
    ),
    *("\x85", "\u2028", "\ufeff", "\x00", "~", "null", "é", "=", "@", "`", "(", "+"),
]
WORDS = st.sampled_from(["dte", "distribute-on", "manual", "3 linux-medium-js", "a.b"])
# Lists of lists are refused.
ITEMS = st.recursive(
    WORDS,
    lambda inner: st.dictionaries(WORDS, inner | st.lists(inner, max_size=3)),
    max_leaves=8,
)
VALUES = ITEMS | st.lists(ITEMS, max_size=3)
READABLE: list[tuple[str, Any]] = [
    ("", None),
    ("# only a comment\n\n", None),
    ("---\ndte:\n  distribute-on: manual\n", {"dte": {"distribute-on": "manual"}}),
    ("a: 'x # y' # z", {"a": "x # y"}),
    ('"a": "b: c"', {"a": "b: c"}),
    ("a: b:c d#e", {"a": "b:c d#e"}),
    ("a:\r\n  b: c\r\n", {"a": {"b": "c"}}),
    ("a:\n- b\n- c: d\n  e: f\ng: h", {"a": ["b", {"c": "d", "e": "f"}], "g": "h"}),
    ("a: [b, 'c', {d: e f}]  # g", {"a": ["b", "c", {"d": "e f"}]}),
    ("a: {b: [], c: {}}", {"a": {"b": [], "c": {}}}),
    ("a: 3 linux, 5 windows", {"a": "3 linux, 5 windows"}),
    ("a:\n  # b\nc: -1", {"a": "", "c": "-1"}),
]
REFUSED = [
    *("a: b\na: c", "a: {b: c, b: d}", "a: &x b", "a: *x", "a: !t b", "<<: b"),
    *("a: |\n  b", "a: >\n  b", "a: b\n  c", 'a: "b\n  c"', 'a: "\\x62"', "a: 'b''c'"),
    *(
        "a:\tb",
        "\ta: b",
        "a: b\t# c",
        "a:\n\tb",
        "a: {b: c",
        "a: [b,\n  c]",
        "a: {b:c}",
    ),
    *("a: [b", "a: {b}", "a: [b: c]", "a: [b,]", "? a\n: b", "a: b: c", "a:b", "a"),
    *("a:\n    b: c\n  d: e", "a:\n  b: c\n d: e", "- a\nb: c", "a: b\n- c", "- - a"),
    *("--- a: b", "%YAML 1.2\n---\na: b", "a: b\n---\nc: d", "a: b\n...", "a: b\u2028"),
    *("\ufeffa: b", "a: b\rc: d", "a: b\x85c: d", "a: @b", "a: `b`", "a: %b", "a: ~"),
]


@pytest.mark.parametrize(("text", "value"), READABLE)
def test_simple_yaml_is_read(text: str, value: Any) -> None:
    """Mappings, lists, one-line flow collections, quotes and comments are read."""
    assert parse(text) == value
    assert yaml.load(text, Loader=yaml.BaseLoader) == value


@pytest.mark.parametrize("text", REFUSED)
def test_all_other_yaml_is_refused(text: str) -> None:
    """Text that the reader may misread is refused, with the number of its line."""
    with pytest.raises(NotSimple) as refusal:
        parse(text)
    assert 1 <= refusal.value.number <= text.count("\n") + text.count("\r") + 1


@pytest.mark.slow
@settings(max_examples=3000)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("- - |\n")
def test_what_is_read_has_the_same_meaning(text: str) -> None:
    """A YAML parser reads the same value from each text that is not refused."""
    try:
        value = parse(text)
    except NotSimple:
        return
    # For an empty document, each parser returns None or an empty string.
    assert (value or "") == (yaml.load(text, Loader=yaml.BaseLoader) or "")


@given(st.dictionaries(WORDS, VALUES, min_size=1), st.booleans())
def test_what_a_yaml_writer_writes_is_read(value: Any, flow: bool) -> None:
    """YAML in block style is read, even with short flow collections in it."""
    style = None if flow else False
    text = yaml.safe_dump(value, default_flow_style=style, width=1000)
    if flow and text.startswith("{"):
        return
    assert parse(text) == value
