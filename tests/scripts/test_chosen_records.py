"""`set_shas` chooses one of several attempt records."""

from __future__ import annotations

from pathlib import Path

from tests.scripts.circleci_api import FakeCircleCI, FakePipeline
from tests.scripts.jobs import WORKFLOW, Job
from tests.scripts.records import RunScript, make_record, write_record
from tests.scripts.repositories import Upstream

OTHER = "22222222-2222-4222-8222-222222222222"


def test_a_debug_rerun_takes_the_last_record_of_its_workspace(
    shop: Upstream, tmp_path: Path, run_script: RunScript
) -> None:
    """With the guard off, a partial rerun uses the record of the last full run."""
    job = Job(run_script, tmp_path, shop.clone(tmp_path / "p", "m6", branch="main"))
    for attempt, name in ((1, "m3"), (2, "m4")):
        record = make_record(
            workflow_id=f"7777777{attempt}{OTHER[8:]}",
            workspace_id=WORKFLOW,
            attempt=attempt,
            successful_revisions=[shop.commits[name]],
            passed_in=[f"pipeline {attempt}, https://example.com/{attempt}"],
        )
        write_record(tmp_path / "attempts", record)
    done = job.set_shas(CIRCLE_WORKFLOW_ID=OTHER, CIRCLE_BRANCH="main")
    assert f"NX_BASE={shop.commits['m4']}\n" in done.stdout
    place = "pipeline 2, https://example.com/2, from the record of attempt 2"
    assert place in done.stderr


def test_records_of_another_workspace_are_ignored(
    shop: Upstream, tmp_path: Path, run_script: RunScript, circleci: FakeCircleCI
) -> None:
    """A record that a runner kept from another pipeline is ignored, and the API is
    used."""
    job = Job(run_script, tmp_path, shop.clone(tmp_path / "p", "m6", branch="main"))
    record = make_record(
        workflow_id=WORKFLOW,
        workspace_id=OTHER,
        successful_revisions=[shop.commits["m2"]],
    )
    write_record(tmp_path / "attempts", record)
    circleci.own = FakePipeline(9, shop.commits["m6"])
    circleci.pipelines = [FakePipeline(8, shop.commits["m5"])]
    done = job.set_shas(
        CIRCLE_BRANCH="main",
        CIRCLE_PIPELINE_ID=circleci.own.id,
        DTE_API_URL=circleci.url,
    )
    assert f"NX_BASE={shop.commits['m5']}\n" in done.stdout
    assert "There is no attempt record here" in done.stderr
    assert "pipeline 8, https://app.circleci.com/pipelines/workflows/" in done.stderr
