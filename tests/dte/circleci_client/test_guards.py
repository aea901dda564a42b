"""The failed jobs that `dte attempts` reports as refused by dte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner

from dte.circleci_client.attempts import Attempt, Job
from dte.circleci_client.story import tell
from dte.cli import main
from tests.dte.circleci_client.pipelines import (
    GUARD,
    GUARDED,
    PIPELINE,
    add_refused_pipeline,
)

AGAIN = "dte/attempt and dte/agent-1 did not run again; "


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home directory without settings."""
    monkeypatch.setenv("HOME", str(tmp_path))


def told(
    config: str | None, tag: str = "rerun-workflow-from-failed", **times: str
) -> Any:
    """Return the partial rerun's JSON, and the sentence without the workflow's name."""
    add_refused_pipeline(config, tag, **times)
    printed = CliRunner().invoke(main, ["attempts", PIPELINE, "--json"]).stdout
    answer = json.loads(printed)
    return answer["attempts"][1], answer["summary"][0].removeprefix("build: ")


@pytest.mark.parametrize(
    ("jobs", "refused"),
    [
        ({"dte/main": {"steps": [GUARD]}}, ["dte/main"]),
        ({"dte/main": {"steps": [{"when": {"steps": [GUARD]}}]}}, ["dte/main"]),
        ({"dte/main": {"steps": ["checkout"]}}, []),
        ({"other": {"steps": [GUARD]}}, []),
    ],
)
@responses.activate
def test_only_a_job_with_a_guard_is_refused(jobs: Any, refused: list[str]) -> None:
    """A job without a guard that fails in a partial rerun is not called refused."""
    attempt, sentence = told(json.dumps({"jobs": jobs}))
    assert (attempt["refused"], attempt["perhaps_refused"]) == (refused, [])
    says = "dte/main was refused" if refused else "the rerun from failed failed in"
    assert says in sentence


@pytest.mark.parametrize("config", ["jobs: [", "[]", "null", None])
@responses.activate
def test_without_the_config_a_refusal_is_not_certain(config: str | None) -> None:
    """If the config can't be read, the sentence doesn't say whether dte refused the
    failed job.
    """
    attempt, sentence = told(config)
    assert (attempt["refused"], attempt["perhaps_refused"]) == ([], ["dte/main"])
    assert attempt["config_unreadable"]
    assert sentence.startswith(
        "dte/main failed; if dte refused it, the reason is that only failed jobs were "
        f"rerun and {AGAIN}rerun it from the start: dte rerun "
    )


@responses.activate
def test_after_a_rerun_with_ssh_a_refusal_is_not_certain() -> None:
    """The API doesn't tell whether DTE_RERUN_GUARD is off, so the sentence doesn't say
    that dte refused main.
    """
    # After a failure, a job with SSH waits ten minutes for a connection.
    times = {"started_at": "2026-11-24T05:00:01Z", "stopped_at": "2026-11-24T05:11:01Z"}
    attempt, sentence = told(GUARDED, "rerun-single-job-with-ssh", **times)
    assert (attempt["refused"], attempt["perhaps_refused"]) == ([], ["dte/main"])
    assert sentence.startswith(
        "dte/main failed; unless DTE_RERUN_GUARD is off, dte refused it, because only "
        f"this job was rerun with SSH and {AGAIN}to debug a refused job, set the "
        "project variable DTE_RERUN_GUARD to off; or rerun it from the start: "
    )


@pytest.mark.parametrize(
    ("stopped_at", "sure"),
    [
        ("2026-11-24T05:05:01Z", True),
        ("2026-11-24T05:05:02Z", False),
        ("soon", True),
        ("2026-11-24T05:05:02", True),
    ],
)
@responses.activate
def test_whether_a_job_that_ran_for_minutes_was_refused_is_not_certain(
    stopped_at: str, sure: bool
) -> None:
    """A refusal takes seconds, so DTE_RERUN_GUARD was probably off in a longer job."""
    times = {"started_at": "2026-11-24T05:00:01Z", "stopped_at": stopped_at}
    attempt, sentence = told(GUARDED, **times)
    found = (attempt["refused"], attempt["perhaps_refused"])
    assert found == ((["dte/main"], []) if sure else ([], ["dte/main"]))
    assert ("dte/main was refused" in sentence) == sure
    assert ("unless DTE_RERUN_GUARD is off, dte refused it" in sentence) != sure


def test_a_sure_and_an_unsure_refusal_are_told_apart() -> None:
    """A rerun may have both; the sentence names both."""
    jobs = (Job("dte/agent-1", "failed", False), Job("dte/main", "failed", False))
    last = Attempt(
        id="x",
        workflow="build",
        number=0,
        kind="rerun from failed",
        by="ada",
        status="failed",
        created_at="",
        jobs=jobs,
        refused=("dte/agent-1",),
        perhaps_refused=("dte/main",),
    )
    assert tell([last]).startswith(
        "build: dte/agent-1 was refused, and unless DTE_RERUN_GUARD is off, dte/main "
        "too, because only failed jobs were rerun"
    )
