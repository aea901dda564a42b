"""The branches and tags for which `dte check` evaluates filters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dte.check.pipelines import example_of, list_names
from dte.model import PipelineValues
from tests.dte.check.checking import ORB, check_text

FILTERED = """\
parameters:
  agents: {type: boolean, default: true}
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent:
          parallelism: 2
          requires: [dte/attempt]
          filters: pipeline.parameters.agents and not (pipeline.git.branch == "docs")
      - dte/main:
          requires: [dte/attempt]
          filters: not (pipeline.git.branch == "docs")
"""


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
    """The result is a string that the pattern matches, or empty if none is found."""
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
    """Names in filters are tried as branch and tag, besides `main` and `v1.2.3`."""
    names = list_names([written])
    assert {(name, ""), ("", name), ("main", ""), ("", "v1.2.3")} <= set(names)


def test_the_number_of_names_has_a_limit() -> None:
    """If filters contain many names, only the first names are tried."""
    assert len(list_names([[f"name{n}" for n in range(1000)]])) < 50


@pytest.mark.parametrize(
    ("agents", "codes"), [(True, []), (False, ["dte-check-filtered-agents"])]
)
def test_parameters_in_filters(agents: bool, codes: list[str], tmp_path: Path) -> None:
    """An expression is evaluated with the parameters that the user gives."""
    pipeline = PipelineValues(parameters={"agents": agents})
    checked = check_text(tmp_path, ORB + FILTERED, pipeline)
    assert [one.code for one in checked.findings] == codes


NOTICE = (
    "not checked: 2 branches and tags in filters and conditions, "
    "beginning with 'name20'"
)


@pytest.mark.parametrize(("count", "notices"), [(20, ()), (22, (NOTICE,))])
def test_names_beyond_the_limit(
    count: int, notices: tuple[str, ...], tmp_path: Path
) -> None:
    """A notice gives the number of names that are not tried."""
    names = ", ".join(f"name{n}" for n in range(count))
    config = (
        "version: 2.1\njobs: {a: {machine: true, steps: [checkout]}}\nworkflows:\n"
        f"  w: {{jobs: [a: {{filters: {{branches: {{only: [{names}]}}}}}}]}}\n"
    )
    assert check_text(tmp_path, config).notices == notices
