"""Assignment rules, by the examples of Nx's page "Assignment Rules"."""

from __future__ import annotations

from typing import Any

import pytest

from dte.nx_cloud.commands import Task
from dte.nx_cloud.rules import Rule, find_pools


def rule(pool: str, **properties: Any) -> Rule:
    """Return a rule for one pool."""
    lists = {name: (value,) for name, value in properties.items()}
    return Rule((pool,), **lists)


def task(project: str, target: str, configuration: str = "") -> Task:
    """Return a task of a project."""
    return Task(
        ":".join(filter(None, (project, target, configuration))),
        project=project,
        target=target,
        configuration=configuration,
    )


@pytest.mark.parametrize(
    ("glob", "matching", "other"),
    [
        ("lint*", ["lint-js", "linting-test"], ["eslint", "lin-test", "lin"]),
        ("*test*", ["business-test-2", "test-12", "10-test"], ["tes"]),
        ("app?", ["app1", "app3", "apps"], ["app10", "apps1", "bus-app1"]),
        ("!prod", ["development", "staging"], ["prod"]),
        ("e2e-ci*,*server-test", ["e2e-ci--a-server-test"], ["e2e-ci--b"]),
        ("a.b", ["a.b"], ["acb"]),
    ],
)
def test_globs(glob: str, matching: list[str], other: list[str]) -> None:
    """Globs support `*`, `?` and negation; all globs of a list must match."""
    one = rule("p", targets=glob)
    assert [
        name for name in matching + other if one.matches(task("x", name))
    ] == matching


def test_the_more_specific_rule_goes_first() -> None:
    """In Nx's chart of rules, a rule applies only if no rule above it matches."""
    matched = {"configurations": "production", "targets": "build", "projects": "app1"}
    chart = ["ctp", "ct", "cp", "tp", "c", "t", "p"]
    names = {name[0]: name for name in matched}
    rules = [
        rule(letters, **{names[letter]: matched[names[letter]] for letter in letters})
        for letters in reversed(chart)
    ]
    found: list[str] = []
    while rules:
        found += find_pools(task("app1", "build", "production"), rules)
        rules.pop()
    assert found == chart


def test_of_two_equal_rules_the_first_counts() -> None:
    """Of several rules with the same priority, the first one in the file applies."""
    rules = [rule("first", targets="lint"), rule("second", targets="l*")]
    assert find_pools(task("money", "lint"), rules) == ("first",)


def test_a_task_without_a_rule_may_run_anywhere() -> None:
    """A task that no rule matches isn't limited to a pool."""
    assert find_pools(task("money", "lint"), [rule("large", targets="build")]) == ()
