"""The project's own two pipelines, rehearsed with the orb of this commit."""

import shutil
from pathlib import Path

import pytest

from dte.continuation import NEVER
from dte.order.order import Order
from dte.order.scenario import parse_action
from dte.rehearsal import rehearse
from tests.dte.rehearse_config import Heard, Rehearsed
from tests.refusal import TWO_LINES
from tests.tooling.repository import ROOT, name_of, repository_files

pytestmark = pytest.mark.slow
ORBS = {"dte": ROOT / "orb"}


def copy_repository(folder: Path) -> Path:
    """Copy the repository's files, and replace the script that runs the checks.

    The checks would run these tests, which would rehearse the checks again, endlessly.
    """
    for path in repository_files():
        target = folder / name_of(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    (folder / ".ci" / "run").write_text("#!/bin/bash\necho all checks\n")
    return folder


def rehearse_pipeline(
    folder: Path, pipeline: str, *then: str, **variables: str
) -> Rehearsed:
    """Rehearse one of the two pipelines on a copy of the repository."""
    heard = Heard()
    order = Order(
        config=ROOT / ".circleci" / pipeline,
        project=copy_repository(folder / "project"),
        orbs=ORBS,
        variables=variables,
        actions=tuple(parse_action(text) for text in then),
        stub_missing_orbs=True,
    )
    return Rehearsed(rehearse(order, heard), heard)


def test_the_first_pipeline_runs_the_checks(tmp_path: Path) -> None:
    """The checks run, and each job of a registry orb is listed as not rehearsed."""
    done = rehearse_pipeline(tmp_path, "config.yml")
    assert set(done.statuses().values()) == {"success"}
    assert "all checks" in done.lines("checks-static")
    names = {name.partition(" (")[0] for name in done.report.not_rehearsed}
    jobs = ("lint", "pack", "review", "publish", "continue")
    assert {f"job orb-tools/{job}" for job in jobs} <= names
    assert NEVER in done.report.not_rehearsed
    assert any("runs only on CircleCI" in line for line in done.lines("orb-tools/lint"))


def test_the_second_pipeline_runs_the_orb_and_shows_a_refusal(tmp_path: Path) -> None:
    """The sample runs with real Nx, and the job `refusal` passes if dte refuses it."""
    done = rehearse_pipeline(tmp_path, "test-deploy.yml")
    assert set(done.statuses().values()) == {"success"}, done.heard.lines[-40:]
    assert len({task.agent for task in done.report.tasks}) > 1
    assert TWO_LINES[0] in done.lines("refusal")


def test_without_nx_cloud_only_one_job_fails(tmp_path: Path) -> None:
    """Without a token, one job fails; the jobs that don't need Nx Cloud pass."""
    done = rehearse_pipeline(tmp_path, "test-deploy.yml", NX_CLOUD_ACCESS_TOKEN="")
    assert done.statuses() == {
        "dte/attempt": "success",
        "refusal": "success",
        "nx_cloud": "failed",
        "dte/agent-1": "not_run",
        "dte/agent-2": "not_run",
        "dte/agent-3": "not_run",
        "dte/main": "not_run",
    }
    assert any("NOT tested" in line for line in done.lines("nx_cloud"))
