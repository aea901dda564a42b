"""The stand-in for CircleCI's API, used by rehearsed jobs."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dte.order.scenario import plan_faults
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

ASK = """
import json, os, urllib.error, urllib.request
for line in os.environ["ASK"].splitlines():
    method, path, body = (line.split(" ", 2) + ["", ""])[:3]
    request = urllib.request.Request(
        os.environ["DTE_API_URL"] + os.path.expandvars(path),
        method=method,
        data=body.encode() or None,
        headers={"Content-Type": "application/json", "Circle-Token": os.environ["T"]},
    )
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        answer = error
    print(json.dumps([answer.status, answer.read().decode()]))
"""

PROJECT = "/project/circleci/$CIRCLE_ORGANIZATION_ID/$CIRCLE_PROJECT_ID"
FIRST = "/workflow/$CIRCLE_WORKFLOW_WORKSPACE_ID"


def ask(
    folder: Path, *requests: str, token: str = "yes", **order: Any
) -> list[tuple[int, Any]]:
    """Rehearse a job that sends requests; return the answers in its last run.

    Each answer is a pair of the HTTP status and the parsed body.
    """
    (folder / "project").mkdir(exist_ok=True)
    (folder / "project" / "ask.py").write_text(ASK)
    step = "run: {name: A, command: python3 ask.py}"
    done = rehearse_text(
        folder,
        one_job("checkout", step),
        variables={"ASK": "\n".join(requests), "T": token},
        **order,
    )
    answers = [json.loads(line) for line in done.lines("build", done.heard.runs)]
    return [(status, json.loads(body)) for status, body in answers]


def test_a_job_finds_its_pipeline_and_workflow(tmp_path: Path) -> None:
    """A job can read its own pipeline, workflow and job, in the shapes of API v2."""
    (_, pipeline), (_, page), (_, workflow), (_, jobs) = ask(
        tmp_path,
        "GET /pipeline/$CIRCLE_PIPELINE_ID",
        "GET /pipeline/$CIRCLE_PIPELINE_ID/workflow",
        "GET /workflow/$CIRCLE_WORKFLOW_ID",
        "GET /workflow/$CIRCLE_WORKFLOW_ID/job",
    )
    assert pipeline["vcs"]["branch"] == "main"
    assert pipeline["project_slug"].startswith("circleci/")
    assert page["items"] == [workflow]
    assert (workflow["status"], workflow["stopped_at"]) == ("running", None)
    (job,) = jobs["items"]
    assert (job["name"], job["stopped_at"]) == ("build", None)


def test_a_job_has_the_times_of_its_start_and_end(tmp_path: Path) -> None:
    """A job that has ended has the end as `stopped_at`."""
    *_, (_, jobs) = ask(tmp_path, f"GET {FIRST}/job", then=("rerun-from-start",))
    (job,) = jobs["items"]
    started, stopped = (
        datetime.fromisoformat(job[f"{x}_at"]) for x in ("started", "stopped")
    )
    assert started <= stopped


def test_a_project_s_pipelines_are_newest_first(tmp_path: Path) -> None:
    """A project's pipelines are listed newest first, and can be filtered by branch."""
    (_, every), (_, none) = ask(
        tmp_path,
        f"GET {PROJECT}/pipeline",
        f"GET {PROJECT}/pipeline?branch=x",
        then=("push:main",),
    )
    assert [item["number"] for item in every["items"]] == [2, 1]
    assert none["items"] == []


def test_numbers_lead_to_a_pipeline_and_a_job(tmp_path: Path) -> None:
    """A pipeline and a job are found by their numbers in the project, a user by id."""
    (_, pipeline), (_, job), (_, workflow) = ask(
        tmp_path,
        f"GET {PROJECT}/pipeline/1",
        f"GET {PROJECT}/job/$CIRCLE_BUILD_NUM",
        "GET /workflow/$CIRCLE_WORKFLOW_ID",
    )
    assert job["pipeline"]["id"] == pipeline["id"] == workflow["pipeline_id"]
    assert job["latest_workflow"]["id"] == workflow["id"]
    ((_, user),) = ask(tmp_path, f"GET /user/{workflow['started_by']}")
    assert user["login"] == "your-name"


UNKNOWN = (
    "/pipeline/x",
    "/pipeline/x/config",
    "/workflow/x",
    "/workflow/x/job",
    "/user/x",
    f"{PROJECT}/pipeline/9",
    f"{PROJECT}/job/9",
)


def test_unknown_ids_are_404(tmp_path: Path) -> None:
    """The answer for an unknown id is 404 with a message."""
    answers = ask(tmp_path, *(f"GET {path}" for path in UNKNOWN))
    assert [status for status, _ in answers] == [404] * len(UNKNOWN)
    assert all("not found" in body["message"] for _, body in answers)


def test_a_running_workflow_is_not_rerun(tmp_path: Path) -> None:
    """A running workflow can't be rerun, as on CircleCI."""
    ((status, body),) = ask(tmp_path, "POST /workflow/$CIRCLE_WORKFLOW_ID/rerun {}")
    assert status == 400
    assert "not in a terminal state" in body["message"]


INVALID = (
    '{"moon": 1}',
    '{"from_failed": "yes"}',
    '{"jobs": ["x"]}',
    '{"from_failed": true, "jobs": ["x"]}',
    '{"jobs": "x"}',
    '{"jobs": [[]]}',
    '{"enable_ssh": true}',
    '{"sparse_tree": true}',
    '{"sparse_tree": "no"}',
)


def test_an_invalid_rerun_is_refused(tmp_path: Path) -> None:
    """Unknown fields, wrong types and unknown jobs are refused with 400."""
    requests = [f"POST {FIRST}/rerun {body}" for body in INVALID]
    answers = ask(tmp_path, *requests, then=("rerun-from-start",))
    assert [status for status, _ in answers] == [400] * len(INVALID)


def test_a_rerun_needs_a_token(tmp_path: Path) -> None:
    """A rerun without a token is refused with 401."""
    ((status, _),) = ask(
        tmp_path, "POST /workflow/$CIRCLE_WORKFLOW_ID/rerun {}", token=""
    )
    assert status == 401


def test_a_job_may_start_a_rerun(tmp_path: Path) -> None:
    """A job can rerun an earlier workflow; it receives the new workflow's id."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "ask.py").write_text(ASK)
    once = "test $CIRCLE_BUILD_NUM != 2 || python3 ask.py"
    done = rehearse_text(
        tmp_path,
        one_job("checkout", f"run: {{name: A, command: '{once}'}}"),
        variables={"T": "yes", "ASK": f"POST {FIRST}/rerun {{}}"},
        then=("rerun-from-start",),
    )
    kinds = [run.kind for run in done.report.runs]
    assert kinds == ["first run", "rerun from start", "rerun from start"]
    status, body = json.loads(done.lines("build", run=2)[-1])
    assert status == 202
    assert json.loads(body)["workflow_id"] == done.report.runs[2].id


@pytest.mark.parametrize(
    ("fault", "status"), [("api-down", 503), ("api-unauthorized", 401)]
)
def test_the_api_can_be_made_to_fail(tmp_path: Path, fault: str, status: int) -> None:
    """With `--fault`, the API refuses every request."""
    ((answered, _),) = ask(
        tmp_path,
        "GET /workflow/$CIRCLE_WORKFLOW_ID",
        faults=plan_faults([], [], [fault]),
    )
    assert answered == status
