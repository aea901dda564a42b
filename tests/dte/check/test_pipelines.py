"""The branches and tags that filters are tried with."""

from __future__ import annotations

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
    ("line", "name"),
    [
        ("only: develop", "develop"),
        ("only: [develop, stage]", "stage"),
        ("ignore:\n  - gh-pages", "gh-pages"),
        ("filters: pipeline.git.branch == 'next'", "next"),
        (r"only: /docs\/.*/", "docs/x"),
    ],
)
def test_names_in_a_config(line: str, name: str) -> None:
    """Names and patterns of filters are tried as a branch and as a tag."""
    names = list_names(line)
    assert {(name, ""), ("", name), ("main", ""), ("", "v1.2.3")} <= set(names)


def test_the_number_of_names_has_a_limit() -> None:
    """A config with many names is tried with some of them."""
    assert len(list_names("\n".join(f"- name{n}" for n in range(1000)))) < 100
