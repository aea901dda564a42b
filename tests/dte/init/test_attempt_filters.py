"""The attempt job runs for each branch and tag of the recipe, and for no other tag."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from dte.init.edit.change_config import change_text
from tests.dte.init.test_properties import FACTS, ORB

RECIPE = """\
version: 2.1
jobs:
  lint: {machine: true, steps: [checkout]}
  agent: {machine: true, steps: [checkout, run: npx nx-cloud start-agent]}
  main: {machine: true, steps: [checkout, run: npx nx-cloud start-ci-run]}
workflows:
  all:
    jobs:
"""
TAGS = {"tags": {"only": "/^v.*/"}}
BRANCH = {"branches": {"only": "main"}}
TAG = "pipeline.git.tag"


def find_filters(*entries: tuple[str, Any, list[Any]]) -> Any:
    """Return the attempt job's filters for jobs with these filters and requirements."""
    text = RECIPE
    for name, filters, requires in entries:
        text += f"      - {name}:\n"
        for key, value in {"filters": filters, "requires": requires}.items():
            text += f"          {key}: {json.dumps(value)}\n" if value else ""
        text += "          context: any\n"
    changed = yaml.safe_load(change_text(text, FACTS, ORB).text)
    first = changed["workflows"]["all"]["jobs"][0]
    return first["dte/attempt"].get("filters")


@pytest.mark.parametrize(
    ("agent", "main", "expected"),
    [
        (None, None, None),
        (TAGS, TAGS, TAGS),
        (BRANCH, BRANCH, BRANCH),
        (TAGS, None, {"tags": {"only": "/.*/"}}),
        (BRANCH, None, None),
        (TAG, TAG, TAG),
        (TAG, None, "pipeline.git.branch or pipeline.git.tag"),
    ],
)
def test_the_attempt_runs_wherever_a_job_of_the_recipe_runs(
    agent: Any, main: Any, expected: Any
) -> None:
    """Equal filters are copied; a wider filter replaces filters that differ."""
    assert find_filters(("agent", agent, []), ("main", main, [])) == expected


@pytest.mark.parametrize("need", ["lint", {"lint": "success"}])
@pytest.mark.parametrize(
    ("lint", "expected"), [(None, None), (TAGS, TAGS)], ids=["branches", "tags"]
)
def test_no_job_begins_to_run_for_tags(need: Any, lint: Any, expected: Any) -> None:
    """If a required job never runs for tags, the attempt job doesn't run for tags."""
    found = find_filters(
        ("lint", lint, []), ("agent", TAGS, [need]), ("main", TAGS, [need])
    )
    assert found == expected


def test_a_filter_for_branches_stays_without_its_tags() -> None:
    """If no job runs for tags, the attempt job gets the filters without `tags`."""
    both = {**BRANCH, **TAGS}
    found = find_filters(
        ("lint", None, []), ("agent", both, ["lint"]), ("main", both, ["lint"])
    )
    assert found == BRANCH


def test_steps_of_a_job_in_braces_get_a_note() -> None:
    """No line can be added to steps in braces, so a note asks for the change."""
    changed = change_text(f"{RECIPE}      - agent\n      - main\n", FACTS, ORB)
    todos = [todo for _, todo in changed.notes]
    assert "put dte/rerun_guard first in the job main" in todos
    assert "put dte/rerun_guard first in the job agent" in todos


def test_jobs_that_require_each_other_don_t_run_for_tags() -> None:
    """CircleCI refuses such a config, so it needs no more than an answer."""
    found = find_filters(("agent", TAGS, ["main"]), ("main", TAGS, ["agent"]))
    assert found is None


def test_a_note_has_the_line_of_the_user_s_file() -> None:
    """A list in brackets, which becomes several lines, doesn't change the number of a
    workflow in braces, which `dte init` leaves to the user."""
    text = """\
version: 2.1
jobs:
  main:
    machine: true
    steps: [checkout, run: npm ci, run: npx nx-cloud start-ci-run]
  agent:
    machine: true
    steps:
      - checkout
      - run: npx nx-cloud start-agent
workflows: {all: {jobs: [main, agent]}}
"""
    notes = change_text(text, FACTS, ORB).notes
    lines = text.splitlines()
    by_hand = (
        "replace this step with dte/start_ci_run, with all targets that the job runs "
        "in `targets`"
    )
    assert [(lines[line - 1], sentence) for line, sentence in notes] == [
        (lines[4], by_hand),
        (lines[-1], "add dte/attempt to the workflow all, and require it in its jobs"),
    ]


def test_a_workflow_in_braces_that_requires_the_attempt_needs_no_note() -> None:
    """There is nothing to do by hand in a workflow that is complete."""
    need = "{requires: [dte/attempt]}"
    jobs = f"[dte/attempt, agent: {need}, main: {need}]"
    text = RECIPE.partition("workflows:")[0] + f"workflows: {{all: {{jobs: {jobs}}}}}\n"
    notes = change_text(text, FACTS, ORB).notes
    assert [sentence for _, sentence in notes if "dte/attempt" in sentence] == []
