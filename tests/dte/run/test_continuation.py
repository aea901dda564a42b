"""A setup config continues its pipeline with another config, as on CircleCI.

Source: "Dynamic configuration overview" of CircleCI's docs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dte.errors import UserError
from dte.order.scenario import plan_faults
from tests.dte.rehearse_config import Rehearsed, rehearse_text

pytestmark = pytest.mark.slow

SETUP = """\
version: 2.1
setup: true
parameters: {size: {type: string, default: small}}
jobs:
  plan:
    docker: [{image: any}]
    steps:
      - checkout
      - run: {name: Continue, command: WORDS}
workflows:
  plan: {jobs: [plan]}
"""
CONTINUED = """\
version: 2.1
parameters:
  further: {type: boolean, default: false}
  size: {type: string, default: large}
jobs:
  build:
    docker: [{image: any}]
    steps: [run: {name: Size, command: echo << pipeline.parameters.size >>}]
  key:
    docker: [{image: any}]
    steps: [run: {name: Key, command: "echo [$CIRCLE_CONTINUATION_KEY]"}]
workflows:
  always: {jobs: [build, key]}
  further: {when: pipeline.parameters.further, jobs: [build: {name: more}]}
"""
# This does what the step of circleci/continuation does with jq.
ASK = """\
import json, os, sys
body = {
    "continuation-key": os.environ["CIRCLE_CONTINUATION_KEY"],
    "configuration": open(sys.argv[1]).read(),
    "parameters": json.loads(sys.argv[2]),
}
json.dump(body, open(sys.argv[3], "w"))
"""
BODY = "python3 ask.py next.yml '{parameters}' body.json"
CURL = (
    "curl -sS -o /dev/stderr -w '%{http_code}' -XPOST "
    "-H 'Content-Type: application/json' --data @body.json "
    "https://circleci.com/api/v2/pipeline/continue"
)
POST = (
    "curl -sS -w ' %{http_code}' -XPOST -H 'Content-Type: application/json' "
    '--data @body.json "$DTE_API_URL/pipeline/continue"'
)


def setup_config(*commands: str, parameters: str = "{}") -> str:
    """Return a setup config whose job writes the request's body and runs commands."""
    words = " && ".join([BODY.replace("{parameters}", parameters), *commands])
    return SETUP.replace("WORDS", json.dumps(words))


def continue_with(
    folder: Path, setup: str, config: str = CONTINUED, **order: Any
) -> Rehearsed:
    """Rehearse a setup config in a project that contains the second config."""
    (folder / "project").mkdir()
    (folder / "project" / "ask.py").write_text(ASK)
    (folder / "project" / "next.yml").write_text(config)
    return rehearse_text(folder, setup, **order)


def test_the_pipeline_continues(tmp_path: Path) -> None:
    """All workflows of the second config run in the same pipeline, with parameters."""
    setup = setup_config(CURL, parameters='{"further": true, "size": "huge"}')
    done = continue_with(tmp_path, setup)
    runs = done.report.runs
    assert [run.kind for run in runs] == ["setup workflow", "first run", "first run"]
    assert {run.pipeline for run in runs} == {1}
    assert [list(done.statuses(run)) for run in (1, 2, 3)] == [
        ["plan"],
        ["build", "key"],
        ["more"],
    ]
    assert done.lines("build", 2) == ["huge"]
    assert done.lines("key", 2) == ["[]"]
    assert any("200" in line for line in done.lines("plan"))
    assert done.report.not_rehearsed == ()


def test_the_address_may_come_first(tmp_path: Path) -> None:
    """The address may be the first or the last argument of curl."""
    address = "https://circleci.com/api/v2/pipeline/continue"
    words = CURL.removesuffix(address).replace("curl ", f"curl {address} ", 1)
    done = continue_with(tmp_path, setup_config(words))
    assert any("200" in line for line in done.lines("plan"))
    assert [run.kind for run in done.report.runs] == ["setup workflow", "first run"]


def test_defaults_and_the_order_decide_too(tmp_path: Path) -> None:
    """Without parameters, the second config's defaults apply; JOBS selects its jobs."""
    done = continue_with(tmp_path, setup_config(POST), jobs=["build"])
    assert [list(done.statuses(run)) for run in (1, 2)] == [["plan"], ["build"]]
    assert done.lines("build", 2) == ["large"]


def said(done: Rehearsed) -> str:
    """Return what the setup job printed."""
    return " ".join(done.lines("plan"))


def test_a_pipeline_continues_once(tmp_path: Path) -> None:
    """A second request to continue is refused, and the continuation key is redacted."""
    done = continue_with(tmp_path, setup_config(POST, POST, "cat body.json"))
    assert "Pipeline is not in setup state." in said(done)
    assert '"continuation-key": "****"' in said(done)
    assert len(done.report.runs) == 2


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (
            'sed -i \'s/key": "./key": "/\' body.json',
            "key is not valid",
        ),
        (
            "sed -i 's/continuation-key/key/' body.json",
            "key is not valid",
        ),
        (
            "sed -i 's/configuration/c/' body.json",
            "is not a string",
        ),
        ("sed -i 's/: {}/: []/' body.json", "parameters is not an object"),
    ],
)
def test_a_request_that_is_refused(change: str, answer: str, tmp_path: Path) -> None:
    """A request with a wrong key or body is refused, and the report says why."""
    done = continue_with(tmp_path, setup_config(change, POST))
    assert answer in said(done)
    assert [run.kind for run in done.report.runs] == ["setup workflow"]
    assert done.report.not_rehearsed == (
        "the rest of the pipeline, because the setup workflow never continued it",
    )


def test_a_parameter_that_was_given_twice(tmp_path: Path) -> None:
    """A continuation can't set a parameter that the trigger set, as on CircleCI."""
    setup = setup_config(POST, parameters='{"size": "huge"}')
    done = continue_with(tmp_path, setup, parameters={"size": "tiny"})
    assert "Conflicting pipeline parameters." in said(done)


def test_a_parameter_of_the_trigger_stays(tmp_path: Path) -> None:
    """The continued pipeline also has the parameters of the trigger."""
    setup = setup_config(POST, parameters='{"further": true}')
    done = continue_with(tmp_path, setup, parameters={"size": "tiny"})
    assert done.lines("build", 2) == ["tiny"]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (CONTINUED.replace("steps", "stesp"), 'unknown key "stesp"'),
        ("setup: true\n" + CONTINUED.partition("  further: {when")[0], "another setup"),
    ],
)
def test_a_config_that_is_refused(config: str, message: str, tmp_path: Path) -> None:
    """An invalid config ends the rehearsal with its errors after the setup workflow."""
    with pytest.raises(UserError) as caught:
        continue_with(tmp_path, setup_config(POST), config)
    assert message in str(caught.value)
    assert "continuation-1.yml" in str(caught.value)


def test_a_pipeline_that_ends(tmp_path: Path) -> None:
    """A config without workflows ends the pipeline, as continuation/finish does."""
    empty = "{version: 2, jobs: {}, workflows: {version: 2}}"
    done = continue_with(tmp_path, setup_config(POST), empty)
    assert len(done.report.runs) == 1
    assert any("without workflows" in note for note in done.report.notes)


def test_faults_and_reruns_of_the_continued_pipeline(tmp_path: Path) -> None:
    """`--fail` and `--then` also apply to jobs of the continued pipeline."""
    config = CONTINUED.partition("  further: {when")[0]
    done = continue_with(
        tmp_path,
        setup_config(POST),
        config,
        then=("fix", "rerun-from-failed"),
        faults=plan_faults(["build"], [], []),
    )
    assert [run.status for run in done.report.runs] == ["success", "failed", "success"]
    assert done.ran(3) == ["build"]


def test_a_push_continues_too(tmp_path: Path) -> None:
    """A push starts a new pipeline with its own continuation key."""
    config = CONTINUED.partition("  further: {when")[0]
    done = continue_with(tmp_path, setup_config(POST), config, then=("push:main",))
    assert [run.pipeline for run in done.report.runs] == [1, 1, 2, 2]
