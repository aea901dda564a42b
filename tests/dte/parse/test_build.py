"""Parsed YAML values keep their positions, and unsupported YAML is refused."""

from __future__ import annotations

from typing import Any

import pytest

from dte.errors import UserError
from dte.model import Where
from dte.parse import LocatedList, LocatedMap, parse_yaml
from dte.parse.build import MAX_DEPTH


def test_every_part_knows_its_line() -> None:
    """Mappings, keys and list items have the file and line at which they begin."""
    value = parse_yaml("a: 1\nlist:\n  - x\n  - k: v\n    l: w\n", "f.yml")
    assert isinstance(value, LocatedMap)
    assert value.where_is("list") == Where("f.yml", 2)
    items = value["list"]
    assert isinstance(items, LocatedList)
    assert [place.line for _, place in items.with_lines()] == [3, 4]
    assert items[1].where_is("l").line == 5
    assert str(items.where_is(0)) == "f.yml:3"


def test_a_missing_key_has_the_place_of_its_mapping() -> None:
    """A missing key has the position of its mapping."""
    value = parse_yaml("\na: {b: 1}", "f")
    assert value["a"].where_is("missing") == Where("f", 2)


def test_keys_stay_as_they_are_written() -> None:
    """Keys are names: `on`, `1` and `null` are not turned into other values."""
    assert list(parse_yaml("on: 1\n1: 2\nnull: 3\n1.0: 4", "f")) == [
        "on",
        "1",
        "null",
        "1.0",
    ]


def test_merged_keys_keep_the_place_they_come_from() -> None:
    """Merged keys keep the positions where they were written."""
    value = parse_yaml("a: &a\n  x: 1\n  y: 2\nb:\n  <<: *a\n  y: 3\n", "f")
    assert value["b"] == {"x": 1, "y": 3}
    assert value["b"].where_is("x").line == 2
    assert value["b"].where_is("y").line == 6


def test_the_first_of_several_merges_wins() -> None:
    """The first merge takes precedence over later ones, and a written key over all."""
    text = "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {y: 3, <<: [*a, *b]}"
    assert parse_yaml(text, "f")["c"] == {"y": 3, "x": 1}


def test_a_quoted_merge_key_is_a_key() -> None:
    """Only an unquoted `<<` is a merge key."""
    assert parse_yaml('{"<<": {a: 1}}', "f") == {"<<": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!int '7'", 7),
        ("!!float 1", 1.0),
        ("!!bool 'yes'", True),
        ("!!null ''", None),
        ("!!seq [1]", [1]),
        ("!!map {a: 1}", {"a": 1}),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("? a\n? b", {"a": None, "b": None}),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("a: &k name\nb: {*k : 1}", {"a": "name", "b": {"name": 1}}),
        ("", None),
        ("# nothing\n", None),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_values(text: str, expected: Any) -> None:
    """Quotes, blocks, anchors and YAML's own tags are read as YAML specifies."""
    assert parse_yaml(text, "f") == expected


BOMB = "a0: &a0 [1, 2]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", 'f:3: the key "a" is already on line 1'),
        ("a: {b: 1,\n b: 2}", 'f:2: the key "b" is already on line 1'),
        ("a: &x [*x]", "f:1: *x is inside its own anchor &x"),
        ("a:\n  b: *x", "f:2: *x has no anchor &x before it"),
        ("a: {<<: 1}", "f:1: <<: can't merge the number 1"),
        ("a: !!python/name:os.system x", "f:1: the YAML tag"),
        ("a: !!binary aGk=", "f:1: the YAML tag"),
        ("!!seq {a: 1}", "f:1: the YAML tag"),
        ("--- 1\n--- 2", "f:2: a second YAML document begins"),
        ("a: &k [1]\nb: {*k : 1}", "f:2: a mapping's key must be a string"),
        ("{[a]: b}", "f:1: a mapping's key must be a string"),
        (BOMB, "more than 100,000 values, with those that aliases repeat"),
        ("[" * 5000, f"f:1: nested deeper than {MAX_DEPTH} levels"),
        ("- " * 5000, f"f:1: nested deeper than {MAX_DEPTH} levels"),
        ("a:\n\t- b", "f:2: not valid YAML"),
        ("a: 'b", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
        ("a: \ud800", "f: not valid YAML"),
        ("%YAML 3.0\n--- a", "not valid YAML"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """Ambiguous, recursive, oversized or malformed YAML is refused with a position."""
    with pytest.raises(UserError) as caught:
        parse_yaml(text, "f")
    assert message in str(caught.value)
