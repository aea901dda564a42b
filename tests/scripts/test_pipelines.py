"""Whether a pipeline passed: a table, and a comparison with a simple implementation."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scripts.circleci_api import FakePipeline, Run, make_id

# conftest.py puts scripts/lib on the path, so that these modules are found.
from pipelines import (  # isort: skip
    Rule,
    find_proof,
    may_have_passed,
    read_next_page,
    read_pipeline,
    read_pipelines,
    read_workflows,
)

REVISION = "a" * 40
FULL_RERUN = "rerun-workflow-from-beginning"
PARTIAL_RERUN = "rerun-workflow-from-failed"
JOB_RERUN = "rerun-single-job"
SSH_RERUN = "rerun-single-job-with-ssh"
JOBS_RERUN = "rerun-workflow-from-job-ids-sparse-tree"
NAMED = (JOB_RERUN, SSH_RERUN, JOBS_RERUN)


@dataclass(frozen=True)
class Case:
    """A pipeline's runs, and the workflow that proves that it passed, or None."""

    name: str
    runs: tuple[Run, ...]
    proof: str | None
    workflow: str = ""
    statuses: tuple[str, ...] = ("success",)


CASES = [
    Case("one green workflow", (Run(),), "build"),
    Case("one red workflow", (Run(status="failed"),), None),
    Case("no workflow", (), None),
    Case("still running", (Run(status="running"),), None),
    Case(
        "green after a rerun from failed",
        (Run(second=9, tag=PARTIAL_RERUN), Run(status="failed")),
        "build",
    ),
    Case(
        "green after a rerun from start",
        (Run(second=9, tag=FULL_RERUN), Run(status="canceled")),
        "build",
    ),
    Case(
        "red after a rerun of a green one",
        (Run(second=9, status="failed", tag=FULL_RERUN), Run()),
        None,
    ),
    Case(
        "red, and one job of it green with SSH",
        (Run(second=9, tag=SSH_RERUN), Run(status="failed")),
        None,
    ),
    Case(
        "green, and one job of it red with SSH",
        (Run(second=9, status="failed", tag=SSH_RERUN), Run()),
        "build",
    ),
    Case(
        "green, and one job of it still open with SSH",
        (Run(second=9, status="running", tag=SSH_RERUN), Run()),
        "build",
    ),
    Case("only one job, with SSH", (Run(tag=SSH_RERUN),), None),
    Case(
        "red, and one job of it green without SSH",
        (Run(second=9, tag=JOB_RERUN), Run(status="failed")),
        None,
    ),
    Case(
        "red, and some jobs of it green",
        (Run(second=9, tag=JOBS_RERUN), Run(status="failed")),
        None,
    ),
    Case(
        "the order of the answer does not matter",
        (Run(status="failed"), Run(second=9, tag=FULL_RERUN)),
        "build",
    ),
    Case("one of two is red", (Run("deploy", second=1), Run(status="failed")), None),
    Case("two green ones", (Run("deploy", second=1), Run()), "deploy"),
    Case(
        "the red one is not asked about",
        (Run("deploy", "failed", 1), Run()),
        "build",
        workflow="build",
    ),
    Case("no workflow of that name", (Run("deploy"),), None, workflow="build"),
    Case("only the setup workflow", (Run("setup", tag="setup"),), None),
    Case(
        "the setup workflow is red, its continuation green",
        (Run(second=5), Run("setup", "failed", tag="setup")),
        "build",
    ),
    Case(
        "a setup workflow that was rerun, without a continuation",
        (Run("setup", second=5, tag=FULL_RERUN), Run("setup", "failed", tag="setup")),
        None,
    ),
    Case(
        "setup and continuation of one name",
        (Run("ci", "failed", 5), Run("ci", tag="setup")),
        None,
    ),
    Case(
        "setup and continuation of one name, the setup listed as newer",
        (Run("ci", "failed", 5, "setup"), Run("ci")),
        "ci",
    ),
    Case("on hold", (Run(status="on_hold"),), None),
    Case(
        "on hold, accepted",
        (Run(status="on_hold"),),
        "build",
        statuses=("success", "on_hold"),
    ),
    Case("not run", (Run(status="not_run"),), None),
    Case(
        "not run, accepted",
        (Run("nightly", "not_run", 1), Run()),
        "nightly",
        statuses=("success", "not_run"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_pipeline_passed_or_not(case: Case) -> None:
    """The newest run of each workflow decides; setup workflows don't count."""
    pipeline = FakePipeline(1, REVISION, case.runs)
    runs = read_workflows({"items": [run.encode(pipeline) for run in case.runs]})
    proof = find_proof(runs, Rule(case.workflow, frozenset(case.statuses)))
    assert (proof.name if proof else None) == case.proof


def passed_by_reference(
    runs: list[Run], workflow: str, statuses: frozenset[str]
) -> bool:
    """Return whether a pipeline passed, by the same rule in its simplest form."""
    runs = [run for run in runs if run.tag not in NAMED]
    names = {run.name for run in runs}
    verdicts = []
    for name in names:
        mine = [run for run in runs if run.name == name]
        first_kinds = {run.tag for run in mine if run.tag in (None, "setup")}
        if first_kinds == {"setup"}:
            continue
        mine = [run for run in mine if run.tag != "setup"]
        if workflow in ("", name) and mine:
            newest = sorted(mine, key=lambda run: run.second)[-1]
            verdicts.append(newest.status in statuses)
    return bool(verdicts) and all(verdicts)


STATUSES = ("success", "failed", "on_hold", "running", "canceled")


@given(
    kinds=st.lists(
        st.tuples(
            st.sampled_from(["build", "deploy", "setup"]),
            st.sampled_from(STATUSES),
            st.sampled_from([None, "setup", FULL_RERUN, PARTIAL_RERUN, *NAMED]),
        ),
        max_size=8,
    ),
    order=st.randoms(use_true_random=False),
    workflow=st.sampled_from(["", "build", "setup"]),
    statuses=st.sets(st.sampled_from(STATUSES[:3]), min_size=1),
)
def test_the_rule_agrees_with_its_words(
    kinds: list[tuple[str, str, str | None]],
    order: Any,
    workflow: str,
    statuses: set[str],
) -> None:
    """For random runs, the result is the same as that of the simple reference."""
    runs = [Run(*kind[:2], index, kind[2]) for index, kind in enumerate(kinds)]
    expected = passed_by_reference(runs, workflow, frozenset(statuses))
    order.shuffle(runs)
    pipeline = FakePipeline(1, REVISION)
    read = read_workflows({"items": [run.encode(pipeline) for run in runs]})
    assert bool(find_proof(read, Rule(workflow, frozenset(statuses)))) == expected


@pytest.mark.parametrize("state", ["errored", "setup", "setup-pending", "pending"])
def test_a_pipeline_without_its_workflows_is_not_asked_for(state: str) -> None:
    """The workflows of a pipeline that has not started them are not requested."""
    pipeline = FakePipeline(1, REVISION, state=state)
    assert not may_have_passed(read_pipeline(pipeline.encode()), "main")


def test_a_revision_is_found_where_github_app_puts_it() -> None:
    """Without `vcs`, revision and branch come from the trigger's git parameters."""
    pipeline = read_pipeline(FakePipeline(7, REVISION, app=True).encode())
    assert (pipeline.revision, pipeline.branch) == (REVISION, "main")
    assert may_have_passed(pipeline, "main")


@pytest.mark.parametrize("revision", ["", "HEAD", "a" * 39, "$(touch x)", "A" * 40])
def test_what_is_no_revision_does_not_become_one(revision: str) -> None:
    """Only 40 or 64 lowercase hexadecimal digits are a revision."""
    item = FakePipeline(1, revision or "x").encode()
    assert read_pipeline(item).revision == ""
    assert not may_have_passed(read_pipeline(item), "main")


def test_a_pipeline_of_another_branch_does_not_count() -> None:
    """Pipelines of other branches are ignored, even if the server returns them."""
    pipeline = read_pipeline(FakePipeline(1, REVISION, branch="feature").encode())
    assert not may_have_passed(pipeline, "main")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["items", "id", "vcs", "revision", "name", "status", "number"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["items", "next_page_token", "id"]), JSON))
def test_odd_shapes_are_told_apart(page: dict[str, Any]) -> None:
    """Any JSON object is read or refused with a ValueError."""
    for read in (read_pipelines, read_workflows, read_pipeline):
        with contextlib.suppress(ValueError):
            read(page)
    assert isinstance(read_next_page(page), str)


def test_ids_are_safe_in_an_address() -> None:
    """An id with a slash or dots is refused, because it becomes part of a URL."""
    item = FakePipeline(1, REVISION).encode()
    assert read_pipeline(item).id == make_id(1)
    for bad in ("../x", "a/b", "", None, "a b"):
        with pytest.raises(ValueError, match="no id"):
            read_pipeline({**item, "id": bad})
