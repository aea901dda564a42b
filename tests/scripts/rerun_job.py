"""The job of `rerun_all` in a partial rerun, with an API on loopback."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scripts.records import RunScript, make_record, write_record
from tests.scripts.rerun_api import FROM_FAILED, RerunApi

TOKEN = "CCIPAT_secret"
RERUN = "/api/v2/workflow/first/rerun"


@pytest.fixture
def rerun_api() -> Iterator[RerunApi]:
    """A pipeline with a failed full run, `first`, and a partial rerun of it, `own`."""
    with RerunApi() as server:
        server.add("first", second=0)
        server.add("own", status="failing", tag=FROM_FAILED, second=100)
        yield server


RunJob = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_job(run_script: RunScript, tmp_path: Path, rerun_api: RerunApi) -> RunJob:
    """Return a function that runs the script in `own`, with the record of `first`."""
    write_record(
        tmp_path / "attempts", make_record(workflow_id="first", workspace_id="first")
    )

    def run(**env: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "CIRCLE_WORKFLOW_ID": "own",
            "CIRCLE_WORKFLOW_WORKSPACE_ID": "first",
            "CIRCLE_PIPELINE_ID": "pipeline",
            "CIRCLE_TOKEN": TOKEN,
            "DTE_ATTEMPTS": str(tmp_path / "attempts"),
            "DTE_API_URL": rerun_api.url,
        }
        done = run_script("rerun_all", {**variables, **env})
        assert TOKEN not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run
