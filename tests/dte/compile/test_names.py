"""Job names are unique in a processed config, and numbered only if necessary."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dte.compile.configs import compile_text

JOBS = """
version: 2.1
jobs:
  build:
    parameters:
      n: {type: integer, default: 0}
    machine: true
    steps: [run: echo << parameters.n >>]
workflows:
"""

TABLE = [
    ("one call keeps its name", [["build"]], [["build"]]),
    ("the same job in two workflows", [["build"], ["build"]], [["build"], ["build"]]),
    ("two calls", [["build", "build"]], [["build-1", "build-2"]]),
    (
        "different jobs in two workflows",
        [["build"], ["build: {n: 1}"]],
        [["build-1"], ["build-2"]],
    ),
    (
        "numbers are shared by the same job only",
        [["build: {n: 1}", "build: {n: 2}"], ["build: {n: 2}", "build: {n: 3}"]],
        [["build-1", "build-2"], ["build-2", "build-3"]],
    ),
    (
        "a number that is taken is left out",
        [["build", "build", "build: {name: build-1}"]],
        [["build-2", "build-3", "build-1"]],
    ),
    (
        "a name given twice",
        [["build: {name: a}", "build: {name: a}"]],
        [["a-1", "a-2"]],
    ),
    (
        "approvals",
        [["hold: {type: approval}"], ["hold: {type: approval}"]],
        [["hold"], ["hold"]],
    ),
    (
        "an approval and a job",
        [["build"], ["build: {type: approval}"]],
        [["build-1"], ["build-2"]],
    ),
    (
        "values in the order of the parameters' names",
        [["build: {matrix: {parameters: {n: [10, 9]}}}"]],
        [["build-10", "build-9"]],
    ),
]


@pytest.mark.parametrize(("calls", "names"), [row[1:] for row in TABLE])
def test_names(calls: list[list[str]], names: list[list[str]], tmp_path: Path) -> None:
    """Jobs are numbered only if two of them would have the same name."""
    text = JOBS
    for number, workflow in enumerate(calls):
        text += f"  w{number}:\n    jobs:\n"
        text += "".join(f"      - {call}\n" for call in workflow)
    compiled = compile_text(text, tmp_path)
    found = [[job.name for job in workflow.jobs] for workflow in compiled.workflows]
    assert found == names
    bodies = [job.job for workflow in compiled.workflows for job in workflow.jobs]
    assert set(compiled.document["jobs"]) == {body.name for body in bodies if body}
