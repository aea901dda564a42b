"""Steps and jobs with an effect only on CircleCI: a rehearsal prints a notice."""

from __future__ import annotations

from pathlib import Path

from dte.compile import compile_config
from dte.model import PipelineValues
from dte.order.order import Order
from dte.preflight import list_notes
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

TYPES = """\
version: 2.1
jobs:
  take: {type: lock, key: shop}
  give: {type: unlock, key: shop}
  ship: {type: release, plan_name: shop}
  join: {type: no-op}
  work:
    docker: [{image: any}]
    steps: [deploy: {name: Old, command: echo deployed}]
job-groups:
  all: {jobs: [work]}
workflows:
  main:
    jobs:
      - take
      - all: {requires: [take], serial-group: shop}
      - ship: {requires: [all]}
      - join: {requires: [ship]}
      - give: {requires: [join: terminal]}
"""


def test_jobs_that_run_on_circleci_only(tmp_path: Path) -> None:
    """Locks, releases and job groups pass in order, and print that they do nothing."""
    done = rehearse_text(tmp_path, TYPES)
    assert set(done.statuses().values()) == {"success"}
    names = "take all-start work all-end all-unlock ship join give"
    assert sorted(done.statuses()) == sorted(names.split())
    assert done.lines("work") == ["deployed"]
    for job, kind in (("take", "lock"), ("ship", "release"), ("all-unlock", "unlock")):
        assert done.lines(job) == [f"a job of type {kind} runs only on CircleCI"]
    assert done.lines("join") == []


def test_steps_inside_a_step_run(tmp_path: Path) -> None:
    """Steps inside with_tool_cache run; the step itself only prints a notice."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "install_signing_bundle",
            "with_tool_cache: {tool: bazel, steps: [run: {name: I, command: echo in}]}",
            "run: {name: After, command: echo after}",
        ),
    )
    assert done.lines("build") == [
        "Not rehearsed: install_signing_bundle.",
        "Not rehearsed: with_tool_cache.",
        "in",
        "after",
    ]


def test_a_failure_inside_a_step_fails_the_job(tmp_path: Path) -> None:
    """A failed step inside with_tool_cache stops the steps after it."""
    step = "with_tool_cache: {tool: bazel, steps: [run: {name: In, command: exit 3}]}"
    done = rehearse_text(tmp_path, one_job(step, "run: echo never"))
    assert done.statuses() == {"build": "failed"}
    assert done.job("build").failed_step == "In"
    assert "never" not in done.lines("build")


def test_a_teardown_is_a_note(tmp_path: Path) -> None:
    """A note says that the rehearsal leaves out the steps of a teardown."""
    path = tmp_path / "config.yml"
    path.write_text(
        one_job("run: {name: A, command: x, teardown: [store_artifacts: {path: y}]}")
    )
    compiled = compile_config(path, orbs={}, pipeline=PipelineValues())
    (workflow,) = compiled.workflows
    notes = list_notes(Order(config=path, project=tmp_path, orbs={}), workflow.jobs)
    assert notes == [
        "the teardown of A in build does not run: CircleCI's documentation does not "
        "say when it runs"
    ]
