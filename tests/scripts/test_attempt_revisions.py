"""The attempt job requests revisions from CircleCI, and records them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.circleci_api import (
    SLUG,
    Answer,
    FakeCircleCI,
    FakePipeline,
    Run,
    make_id,
)
from tests.scripts.jobs import WORKFLOW
from tests.scripts.modules import load_script
from tests.scripts.records import RunScript

TOKEN = "0123456789abcdef0123456789abcdef01234567"
RED = (Run(status="failed"),)


def make_revision(number: int) -> str:
    """Make a revision for a pipeline's number."""
    return f"{number:040x}"


class Attempt:
    """The attempt job of pipeline 50, on main by default."""

    def __init__(
        self, run_script: RunScript, folder: Path, circleci: FakeCircleCI
    ) -> None:
        self.run_script = run_script
        self.folder = folder
        self.circleci = circleci
        circleci.own = FakePipeline(50, make_revision(50))

    def run(self, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script and require success."""
        variables = {
            "CIRCLE_WORKFLOW_ID": WORKFLOW,
            "CIRCLE_PIPELINE_ID": make_id(50),
            "CIRCLE_BRANCH": "main",
            "DTE_API_URL": self.circleci.url,
            "DTE_ATTEMPTS": str(self.folder / "attempts"),
            "DTE_LEDGER": str(self.folder / "ledger"),
        }
        done = self.run_script("record_attempt", {**variables, **env})
        assert done.returncode == 0, done.stderr
        return done

    def read(self) -> dict[str, Any]:
        """Return the record that the script wrote."""
        text = (self.folder / "attempts" / f"{WORKFLOW}.json").read_text()
        record: dict[str, Any] = json.loads(text)
        return record


@pytest.fixture
def attempt(run_script: RunScript, tmp_path: Path, circleci: FakeCircleCI) -> Attempt:
    """An attempt job that uses the server."""
    return Attempt(run_script, tmp_path, circleci)


@pytest.mark.parametrize("value", ["false", "0"])
def test_a_team_that_needs_no_base_asks_nothing(
    attempt: Attempt, circleci: FakeCircleCI, value: str
) -> None:
    """With `find_base: false` nothing is requested, and the record says why."""
    attempt.run(DTE_FIND_BASE=value)
    assert circleci.asked == []
    assert attempt.read()["successful_revisions"] is None
    assert "find_base is false" in attempt.read()["reason"]


@pytest.mark.parametrize("build", [{"CIRCLE_BRANCH": "main"}, {"CIRCLE_TAG": "v1"}])
def test_main_and_tags_get_the_newest_that_passed(
    attempt: Attempt, circleci: FakeCircleCI, build: dict[str, str]
) -> None:
    """The record lists the revisions newest first, and the log names their
    pipelines."""
    circleci.pipelines = [
        FakePipeline(46, make_revision(46)),
        FakePipeline(47, make_revision(47), RED),
        FakePipeline(48, make_revision(48)),
    ]
    done = attempt.run(**{"CIRCLE_BRANCH": "", **build})
    record = attempt.read()
    assert record["successful_revisions"] == [make_revision(48), make_revision(46)]
    assert record["reason"] == ""
    assert "000000000000 passed in pipeline 48, https://app.circleci" in done.stderr


@pytest.mark.parametrize(
    "branch", ["feature", "pull/7", "gh-readonly-queue/main/pr-1-x", "main2"]
)
def test_other_builds_do_not_ask(
    attempt: Attempt, circleci: FakeCircleCI, branch: str
) -> None:
    """If git alone finds the base, the API isn't used, and the record has the
    reason."""
    attempt.run(CIRCLE_BRANCH=branch)
    assert circleci.asked == []
    assert attempt.read()["successful_revisions"] is None
    assert (
        "CircleCI was not asked, because this is a build of a "
        in attempt.read()["reason"]
    )


def test_nothing_passed(attempt: Attempt, circleci: FakeCircleCI) -> None:
    """If no revision passed, the list is empty; the reason says what was searched."""
    circleci.pipelines = [FakePipeline(3, make_revision(3), RED), FakePipeline(4, "")]
    attempt.run()
    record = attempt.read()
    assert record["successful_revisions"] == []
    assert record["reason"] == (
        "CircleCI listed 2 pipelines of main. Skipped because they have no "
        "revision: 4. None of them passed."
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            Answer(404, b'{:message "Project not found"}'),
            "answered 404: only public projects",
        ),
        (Answer(429, headers={"Retry-After": "900"}), "asks to wait 900 seconds"),
        (Answer(200, b"<html>"), "is not JSON"),
        (Answer(200, b'{"items": 1}'), "an unexpected answer: an item has no id"),
    ],
    ids=["404", "429", "html", "shape"],
)
def test_trouble_is_recorded(
    attempt: Attempt, circleci: FakeCircleCI, answer: Answer, reason: str
) -> None:
    """If the API's answer is unusable, the job passes and the record has the reason."""
    circleci.intercept = lambda asked: answer
    done = attempt.run()
    record = attempt.read()
    assert record["successful_revisions"] is None
    assert reason in record["reason"]
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_found_before_trouble_is_kept(
    attempt: Attempt, circleci: FakeCircleCI
) -> None:
    """If the search fails midway, the found revisions and the reason are recorded."""
    circleci.pipelines = [FakePipeline(8, make_revision(8)), FakePipeline(7, "b" * 40)]
    circleci.intercept = lambda asked: Answer(404) if make_id(7) in asked.path else None
    attempt.run()
    assert attempt.read()["successful_revisions"] == [make_revision(8)]
    assert "answered 404" in attempt.read()["reason"]


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"DTE_ACCEPT_STATUSES": "sucess"}, "DTE_ACCEPT_STATUSES contains 'sucess'"),
        (
            {"DTE_API_URL": "ftp://x"},
            "DTE_API_URL is not a plain http or https address",
        ),
        (
            {"CIRCLE_TOKEN": "two words"},
            "CIRCLE_TOKEN contains characters that are invalid in a",
        ),
        (
            {"CIRCLE_PIPELINE_ID": ""},
            "neither CIRCLE_PIPELINE_ID nor CIRCLE_PROJECT_ID",
        ),
    ],
)
def test_a_senseless_variable_is_recorded(
    attempt: Attempt, env: dict[str, str], reason: str
) -> None:
    """The attempt job passes despite an invalid variable, which main refuses."""
    attempt.run(**env)
    assert reason in attempt.read()["reason"]


def test_a_defect_of_ours_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an unexpected exception, the reason names only the exception's type."""
    module = load_script("record_attempt")

    def break_down(main_branch: str) -> None:
        raise RuntimeError(TOKEN)

    monkeypatch.setattr(module, "open_search", break_down)
    monkeypatch.setenv("CIRCLE_BRANCH", "main")
    revisions, reason = module.ask_for_revisions("main")
    assert revisions is None
    assert reason == "the search for passed revisions failed: RuntimeError"


def test_parameters_decide_what_counts(
    attempt: Attempt, circleci: FakeCircleCI
) -> None:
    """The main branch, the workflow and the statuses come from the parameters."""
    circleci.pipelines = [
        FakePipeline(3, make_revision(3), (Run("nx", "on_hold"), *RED), branch="trunk"),
        FakePipeline(4, make_revision(4), (Run("nx", "failed"), Run()), branch="trunk"),
        FakePipeline(5, make_revision(5)),
    ]
    attempt.run(
        CIRCLE_BRANCH="trunk",
        DTE_MAIN_BRANCH="trunk",
        DTE_WORKFLOW="nx",
        DTE_ACCEPT_STATUSES="success, on_hold",
    )
    record = attempt.read()
    assert record["successful_revisions"] == [make_revision(3)]
    assert record["main_branch"] == "trunk"


@pytest.mark.parametrize("name", ["CIRCLE_TOKEN", "CIRCLE_API_TOKEN"])
def test_a_private_project_takes_either_token(
    attempt: Attempt, circleci: FakeCircleCI, name: str
) -> None:
    """CIRCLE_TOKEN or CIRCLE_API_TOKEN is sent in the header, and nowhere else."""
    circleci.private_token = TOKEN
    circleci.pipelines = [FakePipeline(8, make_revision(8))]
    attempt.run(**{name: f"{TOKEN}\n"})
    assert attempt.read()["successful_revisions"] == [make_revision(8)]
    assert {asked.token for asked in circleci.asked} == {TOKEN}
    assert not [asked for asked in circleci.asked if TOKEN in str(asked.query)]


def test_an_echoed_token_reaches_no_record_and_no_log(
    attempt: Attempt, circleci: FakeCircleCI, tmp_path: Path
) -> None:
    """A token that the server repeats, even as a revision, isn't stored or logged."""
    item = json.dumps(FakePipeline(8, TOKEN).encode()).replace(SLUG, f"gh/{TOKEN}/shop")
    page = f'{{"next_page_token": "{TOKEN}", "items": [{item}]}}'
    run = json.dumps(Run(TOKEN).encode(FakePipeline(8, TOKEN)))
    run = run.replace(make_id((make_id(8), Run(TOKEN))), TOKEN)
    circleci.intercept = lambda asked: Answer(
        200,
        (
            f'{{"items": [{run}]}}'
            if asked.path.endswith("/workflow")
            else page
            if asked.path.endswith("/pipeline")
            else item
        ).encode(),
    )
    done = attempt.run(CIRCLE_TOKEN=TOKEN)
    texts = [done.stdout, done.stderr]
    texts += [path.read_text() for path in tmp_path.rglob("*.json")]
    assert len(circleci.asked) > 1
    assert not [text for text in texts if TOKEN in text]


def test_a_second_call_does_not_ask_again(
    attempt: Attempt, circleci: FakeCircleCI
) -> None:
    """A second call in the same workflow makes no requests."""
    circleci.pipelines = [FakePipeline(8, make_revision(8))]
    attempt.run()
    count = len(circleci.asked)
    attempt.run()
    assert len(circleci.asked) == count
    assert attempt.read()["successful_revisions"] == [make_revision(8)]
