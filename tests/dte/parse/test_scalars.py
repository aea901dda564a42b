"""Plain scalars have the meaning that CircleCI or its CLI gives them."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dte.parse.scalars import Dialect, resolve

SAME = object()

TABLE = [
    ("", None, SAME),
    ("~", None, SAME),
    ("null", None, SAME),
    ("nULL", "nULL", SAME),
    ("true", True, SAME),
    ("FALSE", False, SAME),
    ("yes", True, "yes"),
    ("Off", False, "Off"),
    ("y", "y", SAME),
    ("0", 0, SAME),
    ("-12", -12, SAME),
    ("+7", 7, SAME),
    ("1_000", 1000, SAME),
    ("0x1F", 31, SAME),
    ("0b101", 5, SAME),
    ("0o17", "0o17", 15),
    ("017", 15, SAME),
    ("08", "08", 8),
    ("1:30", 90, "1:30"),
    ("-1:30", -90, "-1:30"),
    ("1.5", 1.5, SAME),
    ("1.0", 1.0, 1),
    ("1e3", "1e3", 1000),
    ("1.5e+3", 1500.0, 1500),
    (".5", 0.5, SAME),
    (".inf", math.inf, SAME),
    ("-.INF", -math.inf, SAME),
    ("1.2.3", "1.2.3", SAME),
    ("2020-01-01", "2020-01-01", SAME),
    ("10m", "10m", SAME),
    ("-", "-", SAME),
    ("nothing", "nothing", SAME),
    ("9" * 5000, "9" * 5000, SAME),
]


@pytest.mark.parametrize(("text", "circleci", "cli"), TABLE)
def test_meaning(text: str, circleci: Any, cli: Any) -> None:
    """Each spelling has the value and type that the dialect gives it."""
    expected = circleci if cli is SAME else cli
    for dialect, value in ((Dialect.CIRCLECI, circleci), (Dialect.CLI, expected)):
        resolved = resolve(text, dialect)
        assert resolved == value
        assert isinstance(resolved, type(value))
        assert isinstance(resolved, bool) is isinstance(value, bool)


def test_not_a_number() -> None:
    """`.nan` is a number that equals nothing."""
    value = resolve(".nan", Dialect.CIRCLECI)
    assert isinstance(value, float)
    assert math.isnan(value)


@given(st.from_regex(r"[-+.:_0-9a-fA-FxobeyntTrueNlsif~]{0,12}", fullmatch=True))
def test_agrees_with_pyyaml(text: str) -> None:
    """CircleCI's dialect is YAML 1.1, so PyYAML reads any word as dte does."""
    loader = yaml.SafeLoader("")
    tag: str = loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    kinds = {"null", "bool", "int", "float"}
    try:
        node = yaml.ScalarNode(tag, text)
        pyyaml = loader.construct_object(node) if tag[18:] in kinds else text
    except ValueError:
        pyyaml = text
    ours = resolve(text, Dialect.CIRCLECI)
    if isinstance(pyyaml, float) and ":" in text:
        return
    assert repr(ours) == repr(pyyaml)
