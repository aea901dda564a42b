"""`dte check` accepts an early guard, and reports a late or disabled guard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dte.check.checking import ORB, find_in

CODE = "dte-check-no-guard"
GUARD = "dte/rerun_guard"
BY_HAND = "run: ./check.sh $CIRCLE_WORKFLOW_WORKSPACE_ID"
LATE = " (the guard comes too late)"
START = "run: npx nx-cloud start-ci-run --distribute-on=manual"
TASKS = "run: npx nx affected -t test"
CONFIG = """\
jobs:
  main:
    docker: [{{image: cimg/node:22.11, environment: {{{container}}}}}]
    environment: {{{job}}}
    steps: [{steps}]
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent: {{parallelism: 2, requires: [dte/attempt]}}
      - main: {{requires: [dte/attempt]}}
"""


def reasons(folder: Path, *steps: str, job: str = "", container: str = "") -> list[str]:
    """Return what the findings say between "has no guard" and the colon."""
    config = CONFIG.format(
        steps=", ".join(f"{{{step}}}" if ": " in step else step for step in steps),
        job=job,
        container=container,
    )
    found = find_in(folder, ORB + config, CODE)
    return [one.message.split("no guard")[1].split(", so ")[0] for one in found]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((GUARD, "checkout", "run: npm ci", START, TASKS), []),
        (("checkout", "run: npm ci", "run: npx nx reset", GUARD, START), []),
        (("run: npx nx build tool --no-cloud", GUARD, START), []),
        ((START, GUARD, TASKS), [LATE]),
        ((TASKS, GUARD, START), [LATE]),
        (("dte/start_ci_run", "dte/run_affected", GUARD), [LATE]),
        ((BY_HAND, START, TASKS), []),
        ((START, BY_HAND, TASKS), [""]),
        ((GUARD, START, TASKS, GUARD), []),
    ],
)
def test_the_place_of_a_guard(
    steps: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:
    """A guard is too late after a step that starts the run, an agent or tasks."""
    assert reasons(tmp_path, *steps) == expected


@pytest.mark.parametrize(
    ("job", "container", "expected"),
    [
        ('DTE_RERUN_GUARD: "off"', "", [" (DTE_RERUN_GUARD: off)"]),
        ("DTE_RERUN_GUARD: false", "", [" (DTE_RERUN_GUARD: false)"]),
        ("", "DTE_RERUN_GUARD: OFF", [" (DTE_RERUN_GUARD: false)"]),
        ("DTE_RERUN_GUARD: 0", "", [" (DTE_RERUN_GUARD: 0)"]),
        ("DTE_RERUN_GUARD: true", 'DTE_RERUN_GUARD: "off"', []),
        ('DTE_RERUN_GUARD: ""', "", []),
        ("", "", []),
    ],
)
def test_a_guard_that_the_config_turns_off(
    job: str, container: str, expected: list[str], tmp_path: Path
) -> None:
    """A variable can turn the guard off; the job's value overrides the container's."""
    found = reasons(tmp_path, GUARD, START, TASKS, job=job, container=container)
    assert [reason.lower() for reason in found] == [text.lower() for text in expected]
