"""The branches and tags that filters are tried with."""

from __future__ import annotations

from typing import Any

import pytest

from dte.check.pipelines import example_of, list_names


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        ("release.*", "releasex"),
        (r"^v\d+\.\d+$", "v1.1"),
        ("release/(a|b)-[0-9]+", "release/a-1"),
        ("(?:main)?", "main"),
        (".*", "x"),
        ("[^/]+", "x"),
        ("[", ""),
        ("a{3}", ""),
    ],
)
def test_a_text_for_a_pattern(pattern: str, example: str) -> None:
    """The text matches the pattern, or there is none."""
    assert example_of(pattern) == example


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ({"branches": {"only": "develop"}}, "develop"),
        ({"branches": {"only": ["develop", "stage"]}}, "stage"),
        ("pipeline.git.branch == 'next'", "next"),
        ('pipeline.git.branch matches /^x-.*/ and pipeline.git.tag != "a"', "x-x"),
        ({"tags": {"ignore": r"/docs\/.*/"}}, "docs/x"),
        ({"equal": ["main2", "<< pipeline.git.branch >>"]}, "main2"),
    ],
)
def test_names_in_filters(written: Any, name: str) -> None:
    """Names and patterns are tried as a branch and as a tag, beside the usual ones."""
    names = list_names([written])
    assert {(name, ""), ("", name), ("main", ""), ("", "v1.2.3")} <= set(names)


def test_the_number_of_names_has_a_limit() -> None:
    """A config with many names is tried with some of them."""
    assert len(list_names([[f"name{n}" for n in range(1000)]])) < 50
