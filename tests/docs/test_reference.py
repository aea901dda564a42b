"""`make docs` generates text from the orb, and the committed text is up to date."""

from pathlib import Path

import pytest

from tests.tooling.repository import ROOT
from tools.job_parameters import render_jobs, sync_job
from tools.reference import render, render_managers, replace_part

WRITTEN = {**render_managers(ROOT), **render_jobs(ROOT / "orb"), **render(ROOT)}
COMMANDS = {"greet": {"name": "  name:\n    type: string\n"}}
JOB = """\
description: A job

parameters:
{parameters}
steps:
  - checkout
  - when:
      condition: true
      steps:
{call}"""


@pytest.mark.parametrize(
    "path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT).as_posix())
)
def test_a_written_file_is_up_to_date(path: Path) -> None:
    """A generated file agrees with the commands and the table of package managers."""
    current = path.read_text(encoding="utf-8") == WRITTEN[path]
    assert current, f"{path.relative_to(ROOT)} is out of date: run `make docs`"


@pytest.mark.parametrize("call", ["greet", "greet:"])
def test_a_forgotten_parameter_reaches_the_job(call: str) -> None:
    """A new parameter of a command is declared in its jobs, which pass it on."""
    own = "  own:\n    type: boolean\n"
    before = JOB.format(parameters=own, call=f"        - {call}\n")
    passed = "        - greet:\n            name: << parameters.name >>\n"
    after = JOB.format(parameters=own + COMMANDS["greet"]["name"], call=passed)
    assert sync_job("any", before, COMMANDS) == after


def test_a_changed_parameter_is_copied() -> None:
    """A job copies the text of the command's parameter; a literal argument stays."""
    passed = "        - greet:\n            name: << parameters.name >>\n"
    old = "  name:\n    type: integer\n"
    before = JOB.format(parameters=old, call=passed)
    after = JOB.format(parameters=COMMANDS["greet"]["name"], call=passed)
    assert sync_job("any", before, COMMANDS) == after
    literal = JOB.format(parameters=old, call="        - greet:\n            name: a\n")
    assert sync_job("any", literal, COMMANDS) == literal


def test_a_page_without_markers_is_an_error() -> None:
    """A page without markers is refused instead of changed."""
    with pytest.raises(ValueError, match="markers of the reference are missing"):
        replace_part("# dte\n", "reference", [])
