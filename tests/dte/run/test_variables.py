"""CircleCI's built-in environment variables in a rehearsed job."""

import re
from pathlib import Path

import pytest

from dte.run.environment import PASSED_ON
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text
from tests.tooling.repository import ROOT

# Source: CircleCI docs, "Project values and variables". CIRCLE_TAG is for tags only.
BUILT_IN = """
CI CIRCLECI CIRCLE_BRANCH CIRCLE_BUILD_NUM CIRCLE_BUILD_URL CIRCLE_JOB CIRCLE_NODE_INDEX
CIRCLE_NODE_TOTAL CIRCLE_OIDC_TOKEN CIRCLE_OIDC_TOKEN_V2 CIRCLE_ORGANIZATION_ID
CIRCLE_PIPELINE_ID CIRCLE_PR_NUMBER CIRCLE_PR_REPONAME CIRCLE_PR_USERNAME
CIRCLE_PREVIOUS_BUILD_NUM CIRCLE_PROJECT_ID CIRCLE_PROJECT_REPONAME
CIRCLE_PROJECT_USERNAME CIRCLE_PULL_REQUEST CIRCLE_PULL_REQUESTS CIRCLE_REPOSITORY_URL
CIRCLE_SHA1 CIRCLE_USERNAME CIRCLE_WORKFLOW_ID CIRCLE_WORKFLOW_JOB_ID
CIRCLE_WORKFLOW_WORKSPACE_ID CIRCLE_WORKING_DIRECTORY CIRCLE_INTERNAL_TASK_DATA
"""


def test_the_variables_that_circleci_sets(tmp_path: Path) -> None:
    """A job sees CircleCI's variables, with the workflow's ids."""
    names = "CIRCLE_BRANCH CIRCLE_JOB CIRCLE_NODE_TOTAL CI CIRCLE_WORKING_DIRECTORY"
    command = f"for n in {names}; do eval echo $n=\\$$n; done; echo $CIRCLE_WORKFLOW_ID"
    done = rehearse_text(tmp_path, one_job(f"run: {{name: A, command: '{command}'}}"))
    assert done.lines("build") == [
        "CIRCLE_BRANCH=main",
        "CIRCLE_JOB=build",
        "CIRCLE_NODE_TOTAL=1",
        "CI=true",
        "CIRCLE_WORKING_DIRECTORY=~/project",
        done.report.runs[0].id,
    ]


def test_a_job_inherits_what_is_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the user's variables, a job sees only those that the design page names."""
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("A job inherits these variables")
    documented = set(re.findall(r"`([A-Z_]+)`", rest.partition("npm in a job")[0]))
    pattern = re.compile("HTTPS?_PROXY|NO_PROXY|NPM_CONFIG_.*")
    documented |= {name.lower() for name in documented if pattern.fullmatch(name)}
    assert documented == PASSED_ON
    marked = {name: f"of the user: {name}" for name in PASSED_ON - {"PATH"}}
    for name, value in {**marked, "AWS_SECRET": "of the user: x"}.items():
        monkeypatch.setenv(name, value)
    done = rehearse_text(tmp_path, one_job("run: {name: A, command: env}"))
    found = {
        line.partition("=")[0] for line in done.lines("build") if "=of the user" in line
    }
    assert found | {"no_proxy"} == marked.keys()


def test_every_variable_of_circleci_is_set_or_documented(tmp_path: Path) -> None:
    """A job has each built-in variable, unless docs/rehearse.md lists it as unset."""
    done = rehearse_text(tmp_path, one_job("run: {name: A, command: env}"))
    found = {line.partition("=")[0] for line in done.lines("build")}
    page = (ROOT / "docs" / "rehearse.md").read_text()
    (row,) = [line for line in page.splitlines() if "`CIRCLE_OIDC_TOKEN`" in line]
    names = set(BUILT_IN.split())
    assert names - found == {name for name in names if f"`{name}`" in row}
