"""`dte attempts` and `dte rerun`, with the answers of CircleCI's API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner, Result

from dte.circleci_client import rerun
from dte.cli import main
from tests.dte.circleci_client.pipelines import (
    API,
    FIRST,
    NOTHING,
    PARTIAL,
    PIPELINE,
    SECOND,
    USER,
    add_config,
    add_page,
    add_refused_pipeline,
    add_workflow,
    job,
)
from tests.golden import Golden
from tests.transcripts import STORY

TOKEN = "CCIPAT_s3cret"
APP = "https://app.circleci.com/pipelines"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set an empty home folder and a token, and remove the pause between polls."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CIRCLECI_CLI_TOKEN", TOKEN)
    monkeypatch.setattr(rerun, "POLL_SECONDS", 0.0)


def run(*words: str) -> Result:
    """Run `dte`; its output never contains the token."""
    done = CliRunner().invoke(main, words)
    assert TOKEN not in done.output
    return done


@pytest.mark.parametrize("target", [PIPELINE, PARTIAL, f"{APP}/workflows/{FIRST}"])
@responses.activate
def test_a_refused_rerun_is_explained(target: str, golden: Golden) -> None:
    """The table has a row for each attempt, and the sentence says why main was
    refused and what to do."""
    add_refused_pipeline()
    done = run("attempts", target)
    assert done.exit_code == 0, done.output
    assert "rerun from failed" in done.output
    assert "ada" in done.output
    sentence = done.output.splitlines()[-1]
    assert sentence == (
        "build: dte/main was refused, because only failed jobs were rerun and "
        "dte/attempt and dte/agent-1 did not run again; rerun it from the start: "
        f"dte rerun {PARTIAL}"
    )
    STORY.check(golden, sentence)


@responses.activate
def test_attempts_are_printed_as_json() -> None:
    """`--json` prints each attempt with its jobs, the oldest first."""
    add_refused_pipeline()
    printed = json.loads(run("attempts", PIPELINE, "--json").stdout)
    first, partial = printed["attempts"]
    assert (first["number"], first["kind"], first["by"]) == (1, "first run", "ada")
    assert first["ran"] == ["dte/attempt", "dte/agent-1", "dte/main"]
    assert (partial["number"], partial["ran"]) == (0, ["dte/main"])


@pytest.mark.parametrize(
    ("url", "path", "answer"),
    [
        (
            f"{APP}/github/acme/shop/12",
            "project/github/acme/shop/pipeline/12",
            {"id": PIPELINE},
        ),
        (
            "https://circleci.com/gh/acme/shop/34",
            "project/gh/acme/shop/job/34",
            {"pipeline": {"id": PIPELINE}, "latest_workflow": {"id": PARTIAL}},
        ),
    ],
)
@responses.activate
def test_the_url_of_a_pipeline_or_a_job_works(
    url: str, path: str, answer: dict[str, Any]
) -> None:
    """The URL of a pipeline or a job leads to the same result as the pipeline's id."""
    add_refused_pipeline()
    responses.get(f"{API}/{path}", json=answer)
    done = run("attempts", url)
    assert "was refused" in done.output


@responses.activate
def test_an_unknown_id_is_an_error() -> None:
    """If no workflow or pipeline has the id, the error names the id."""
    for kind in ("workflow", "pipeline"):
        responses.get(f"{API}/{kind}/{FIRST}", json=NOTHING, status=404)
    done = run("attempts", FIRST)
    assert done.exit_code == 2
    assert f"pipeline/{FIRST}: Not found." in done.output


@pytest.mark.parametrize(
    ("workflow", "listed", "jobs"),
    [
        ({}, None, None),
        ({"pipeline_id": PIPELINE}, [{}], None),
        ({"pipeline_id": PIPELINE}, {"a": "b"}, None),
        ({"pipeline_id": PIPELINE}, ["text"], None),
        ({"pipeline_id": PIPELINE}, [{"id": FIRST, "created_at": ""}], [{"name": 1}]),
        ({"pipeline_id": PIPELINE}, [{"id": FIRST, "created_at": ""}], [None]),
    ],
)
@responses.activate
def test_an_answer_of_the_wrong_shape_is_an_error(
    workflow: dict[str, Any], listed: Any, jobs: Any
) -> None:
    """An answer with a missing or mistyped field is not reported as a defect of dte."""
    responses.get(f"{API}/workflow/{FIRST}", json=workflow)
    responses.get(f"{API}/pipeline/{PIPELINE}/workflow", json={"items": listed})
    responses.get(f"{API}/workflow/{FIRST}/job", json={"items": jobs})
    done = run("attempts", FIRST)
    assert done.exit_code == 2, done.output
    assert "circleci.com returned an unexpected answer: " in done.stderr


@pytest.mark.parametrize(
    ("workflows", "sentence"),
    [
        ([("success", "", [])], "attempt 1 passed."),
        ([("running", "", [])], "attempt 1 is running."),
        ([("on_hold", "", [])], "attempt 1 waits for an approval."),
        (
            [("failed", "", [job("dte/main", "failed", 1)])],
            f"attempt 1 failed in dte/main; rerun it from the start: dte rerun {FIRST}",
        ),
        (
            [("canceled", "", [])],
            "attempt 1 ended with status canceled; rerun it from the start: "
            f"dte rerun {FIRST}",
        ),
        (
            [
                ("failed", "", [job("dte/attempt", "success", 1)]),
                ("failed", "rerun-single-job", [job("dte/main", "failed", 2)]),
                ("success", "rerun-workflow-from-beginning", []),
            ],
            "attempt 2 passed after 1 partial rerun was refused.",
        ),
        ([("success", "setup", []), ("success", "", [])], "attempt 1 passed."),
        (
            # A rerun that the API started may have no tag.
            [("failed", "", [job("a", "success", 1)]), ("running", "", [])],
            "attempt 2 is running.",
        ),
        (
            [
                ("failed", "", [job("a", "success", 1)]),
                ("success", "", [job("a", "success", 1), job("b", "success", 2)]),
            ],
            "the partial rerun passed.",
        ),
    ],
)
@responses.activate
def test_the_last_attempt_is_told_in_one_sentence(
    workflows: list[tuple[str, str, list[dict[str, Any]]]], sentence: str
) -> None:
    """The sentence depends on the status, the kind of rerun and the failed jobs."""
    responses.get(f"{API}/workflow/{PIPELINE}", json=NOTHING, status=404)
    responses.get(f"{API}/pipeline/{PIPELINE}", json={"id": PIPELINE})
    add_config()
    responses.get(f"{API}/user/{USER}", json=NOTHING, status=404)
    listed = [
        add_workflow(
            workflow_id, jobs, status=status, tag=tag, created_at=f"2026-11-24T0{n}"
        )
        for n, (workflow_id, (status, tag, jobs)) in enumerate(
            zip((FIRST, PARTIAL, SECOND), workflows, strict=False)
        )
    ]
    add_page(f"pipeline/{PIPELINE}/workflow", listed)
    assert run("attempts", PIPELINE).output.splitlines()[-1] == f"build: {sentence}"


def add_rerun(*statuses: str) -> None:
    """Fake the answer to a rerun, and the statuses of the new workflow."""
    responses.post(
        f"{API}/workflow/{FIRST}/rerun",
        match=[responses.matchers.json_params_matcher({"from_failed": False})],
        json={"workflow_id": SECOND},
        status=202,
    )
    add_page(f"workflow/{SECOND}/job", [job("dte/main", "running", 9)])
    for status in statuses:
        responses.get(f"{API}/workflow/{SECOND}", json={"status": status})


@responses.activate
def test_a_rerun_prints_its_link() -> None:
    """stdout is the URL of the new workflow; everything else goes to stderr."""
    add_refused_pipeline()
    add_rerun()
    done = run("rerun", PARTIAL, "--yes")
    assert done.exit_code == 0
    assert done.stdout == f"{APP}/workflows/{SECOND}\n"
    assert "was refused" in done.stderr


@pytest.mark.parametrize(("status", "code"), [("success", 0), ("failed", 1)])
@responses.activate
def test_wait_ends_with_the_workflow(status: str, code: int) -> None:
    """`--wait` shows progress; the exit code is 0 only if the new workflow passes."""
    add_refused_pipeline()
    add_rerun("running", status)
    done = run("rerun", PARTIAL, "--yes", "--wait")
    assert done.exit_code == code
    assert "running: 1 running" in done.stderr


@responses.activate
def test_without_a_terminal_a_rerun_needs_yes() -> None:
    """Without a terminal, `dte rerun` needs --yes, because it can't ask the user."""
    add_refused_pipeline()
    done = run("rerun", PARTIAL)
    assert done.exit_code == 2
    assert "add --yes" in done.stderr


@pytest.mark.parametrize(("answer", "code", "sent"), [("y\n", 0, 1), ("n\n", 1, 0)])
@responses.activate
def test_a_person_is_asked_first(
    answer: str, code: int, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question gives the number of jobs; after "no", nothing is rerun."""
    add_refused_pipeline()
    add_rerun()
    monkeypatch.setattr("dte.commands.rerun.has_terminal", lambda: True)
    done = CliRunner().invoke(main, ["rerun", PARTIAL], input=answer)
    assert done.exit_code == code
    assert "Rerun all 3 jobs of build?" in done.stderr
    posts = [call for call in responses.calls if call.request.method == "POST"]
    assert len(posts) == sent


@responses.activate
def test_a_running_workflow_is_not_rerun() -> None:
    """A rerun of a running workflow is not sent, because CircleCI would refuse it."""
    listed = [add_workflow(FIRST, [], status="running")]
    add_page(f"pipeline/{PIPELINE}/workflow", listed)
    responses.get(f"{API}/user/{USER}", json={"name": "Ada"})
    done = run("rerun", FIRST, "--yes")
    assert done.exit_code == 2
    assert f"wait for it or cancel it: {APP}/workflows/{FIRST}" in done.stderr


@responses.activate
def test_a_pipeline_with_several_workflows_needs_a_choice() -> None:
    """The error lists the workflows' names, and nothing is rerun."""
    responses.get(f"{API}/workflow/{PIPELINE}", json=NOTHING, status=404)
    responses.get(f"{API}/pipeline/{PIPELINE}", json={"id": PIPELINE})
    responses.get(f"{API}/user/{USER}", json={"name": "Ada"})
    listed = [add_workflow(FIRST, []), add_workflow(SECOND, [], name="nightly")]
    add_page(f"pipeline/{PIPELINE}/workflow", listed)
    done = run("rerun", PIPELINE, "--yes")
    assert done.exit_code == 2
    assert "2 workflows: build, nightly" in done.stderr
