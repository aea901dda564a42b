"""The targets that `dte init` passes to dte/start_ci_run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from dte.init.edit.change_config import change_text
from dte.init.facts import Fact
from tests.dte.init.test_properties import FACTS, ORB

START = "run: npx nx-cloud start-ci-run --distribute-on=manual"
STOP = "run: npx nx-cloud start-ci-run --stop-agents-after=build"
NOTE = "replace this step with dte/start_ci_run, with all targets that the job runs"


def make_config(steps: list[str], command: list[str], other: list[str]) -> str:
    """Make a recipe whose job main has `steps`, and whose job other has `other`."""
    lines = ["version: 2.1", "commands:", "  work:", "    steps:"]
    lines += [f"      - {step}" for step in command or ["checkout"]]
    jobs = {"main": steps, "other": other, "agent": ["run: npx nx-cloud start-agent"]}
    lines += ["jobs:"]
    for name, own in jobs.items():
        lines += [f"  {name}:", "    machine: true", "    steps:"]
        lines += [f"      - {step}" for step in ["run: npm ci", *own]]
    lines += ["workflows:", "  all:", "    jobs: [main, agent]", ""]
    return "\n".join(lines)


def find_starts(text: str) -> list[Any]:
    """Return the arguments of each dte/start_ci_run of a config."""
    config = yaml.safe_load(text)
    parts = [*config["commands"].values(), *config["jobs"].values()]
    steps = [step for part in parts for step in part["steps"]]
    bare = [None for step in steps if step == "dte/start_ci_run"]
    given = [step for step in steps if isinstance(step, dict)]
    return bare + [
        step["dte/start_ci_run"] for step in given if "dte/start_ci_run" in step
    ]


@pytest.mark.parametrize(
    ("steps", "command", "expected"),
    [
        (
            [START, "run: nx affected -t lint", "run: nx run-many -t e2e"],
            [],
            "lint,e2e",
        ),
        ([START, "run: nx run a:e2e:ci", "run: nx build a"], [], "e2e,build"),
        ([START, "work"], ["run: nx affected -t test"], "test"),
        (["work", "run: nx affected -t lint"], ["run: npm ci", START], "lint"),
        ([START, "run: nx affected -t lint:ci && nx test a"], [], "lint,test"),
    ],
)
def test_a_start_names_the_targets_of_all_calls(
    steps: list[str], command: list[str], expected: str
) -> None:
    """`targets` has the targets of all Nx calls of the job and of its commands."""
    changed = change_text(make_config(steps, command, []), FACTS, ORB)
    assert find_starts(changed.text) == [{"targets": expected}]


@pytest.mark.parametrize(
    ("steps", "command", "other"),
    [
        ([START], [], []),
        ([START, "run: nx affected -t $TARGETS", "run: nx run-many -t e2e"], [], []),
        ([START, "run: nx affected -t lint", "run: nx run-many"], [], []),
        (["work"], ["run: npm ci", START], []),
        (["work", "run: nx affected -t lint"], ["run: npm ci", START], ["work"]),
    ],
)
def test_a_start_without_known_targets_stays(
    steps: list[str], command: list[str], other: list[str]
) -> None:
    """If targets are unknown or differ, a note asks the user to replace the step."""
    changed = change_text(make_config(steps, command, other), FACTS, ORB)
    assert find_starts(changed.text) == []
    assert [todo for _, todo in changed.notes if todo.startswith(NOTE)]


def test_a_start_without_distribution_is_no_recipe() -> None:
    """With --distribute-on=none, no agent takes part, so the steps aren't replaced."""
    start = "run: npx nx-cloud start-ci-run --distribute-on=none"
    config = make_config([start, "run: nx affected -t lint"], [], [])
    changed = change_text(config, FACTS, ORB).text
    assert "dte/rerun_guard" not in changed
    assert start in changed
    assert "- dte/main:" in changed


def test_a_run_of_workers_stays() -> None:
    """`start-workers` also starts a run, so the user's step isn't replaced."""
    start = "run: npx nx-cloud start-workers"
    changed = change_text(make_config([start], [], []), FACTS, ORB)
    assert start in changed.text
    assert changed.text.count("dte/rerun_guard") == 2
    assert [todo for _, todo in changed.notes] == [
        "put dte/start_ci_run with `start: own` before this step"
    ]


def test_the_targets_that_stop_the_agents_are_enough() -> None:
    """With --stop-agents-after, the orb needs no other targets."""
    config = make_config([STOP, "run: nx affected -t $TARGETS"], [], [])
    changed = change_text(config, FACTS, ORB)
    assert find_starts(changed.text) == [{"stop_agents_after": "build"}]


def test_the_file_that_configures_the_run_is_enough() -> None:
    """With .nx/ci-config.yaml, the orb passes no targets to Nx Cloud."""
    config = make_config(["run: npx nx-cloud start-nx-agents"], [], [])
    by_file = replace(FACTS, distribute_on=Fact("manual", ".nx/ci-config.yaml"))
    assert find_starts(change_text(config, by_file, ORB).text) == [None]
