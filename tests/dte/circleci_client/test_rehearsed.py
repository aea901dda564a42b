"""`dte attempts` and `dte rerun` on a rehearsed pipeline, after each kind of rerun."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from dte.cli import main
from dte.order.order import Order
from dte.order.scenario import parse_action
from dte.plan.reruns import Assumptions
from dte.rehearsal import rehearse
from dte.run.listener import Listener
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace
from tests.tooling.repository import ROOT

CONFIG = """\
    version: 2.1
    orbs:
      dte: acme/dte@1.0.0
    jobs:
      guarded:
        executor: dte/small
        steps:
          - dte/rerun_guard
          - run: {name: Work, command: '[ "$CIRCLE_JOB" != main ] || [ "$WORK" = on ]'}
      alone:
        executor: dte/small
        steps:
          - dte/rerun_guard: {partial_rerun: run_without_agents}
          - run: {name: Work, command: '[ "$DEPLOY" = on ]'}
      lint:
        executor: dte/small
        steps:
          - run: {name: Lint, command: 'echo "api $DTE_API_URL"'}
    workflows:
      build:
        jobs:
          - dte/attempt
          - lint
          - guarded: {name: agent, requires: [dte/attempt]}
          - guarded: {name: main, requires: [dte/attempt]}
          - alone: {name: deploy, requires: [dte/attempt, main]}
"""
REFUSED = "did not run again; rerun it from the start: dte rerun"
IDLE = "dte/attempt, lint and agent"


@dataclass
class Operator(Listener):
    """Runs `dte attempts` after each workflow, as a person at a terminal would.

    `requests` maps the number of a workflow to the next rerun: a command of dte, or the
    body of a rerun request to the API, in which `jobs` are names.
    """

    requests: dict[int, tuple[str, ...] | dict[str, Any]]
    api: str = ""
    sentences: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def printed(
        self,
        workflow: RehearsedWorkflow,
        job: JobRun,
        step: StepPlace,
        lines: Sequence[str],
    ) -> None:
        """Remember the address of the API."""
        for line in lines:
            if line.startswith("api "):
                self.api = line.removeprefix("api ")

    def workflow_ended(self, workflow: RehearsedWorkflow) -> None:
        """Run `dte attempts`, and then the rerun in `requests` for this workflow."""
        told = json.loads(self.run("attempts", workflow.id, "--json"))
        self.listed = told["attempts"]
        self.sentences += told["summary"]
        match self.requests.get(workflow.number):
            case tuple(words):
                self.links.append(self.run(*words, workflow.id, "--yes"))
            case dict(body):
                self.post(body, workflow)

    def run(self, *words: str) -> str:
        """Run a command that has to succeed; return its standard output."""
        environment = {"DTE_API_URL": self.api, "CIRCLE_TOKEN": "any"}
        done = CliRunner(env=environment).invoke(main, words)
        assert done.exit_code == 0, done.output
        return done.stdout

    def post(self, body: dict[str, Any], workflow: RehearsedWorkflow) -> None:
        """Rerun a workflow through the API."""
        jobs = [workflow.jobs[name].id for name in body.get("jobs", [])]
        answer = requests.post(
            f"{self.api}/workflow/{workflow.id}/rerun",
            json={**body, "jobs": jobs} if jobs else body,
            headers={"Circle-Token": "any"},
            timeout=30,
        )
        assert answer.status_code == 202, answer.text


@dataclass(frozen=True)
class Story:
    """The workflows of a rehearsal, and what `dte attempts` printed after each one."""

    ids: tuple[str, ...]
    operator: Operator

    @property
    def kinds(self) -> list[str]:
        """The kind of each attempt, such as "rerun of a job"."""
        return [attempt["kind"] for attempt in self.operator.listed]

    @property
    def sentences(self) -> list[str]:
        """The sentences, without the workflow's name and its id."""
        return [
            sentence.removeprefix("build: ").removesuffix(f" {workflow}")
            for sentence, workflow in zip(
                self.operator.sentences, self.ids, strict=True
            )
        ]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Rehearse a config, its actions and an operator's requests; returns a `Story`."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def play_config(
        *then: str,
        config: str = CONFIG,
        requests: dict[int, Any] | None = None,
        **assumptions: bool,
    ) -> Story:
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "README.md").write_text("A project.\n")
        path = tmp_path / "config.yml"
        path.write_text(textwrap.dedent(config))
        operator = Operator(requests or {})
        order = Order(
            config=path,
            project=tmp_path / "project",
            orbs={"dte": ROOT / "orb"},
            variables={"WORK": "off", "DEPLOY": "off"},
            actions=tuple(parse_action(text) for text in then),
            assumptions=Assumptions(**assumptions),
        )
        report = rehearse(order, operator)
        return Story(tuple(run.id for run in report.runs), operator)

    return play_config


@pytest.mark.parametrize("listed", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_the_story_of_each_kind_of_rerun_is_told_right(play: Any, listed: bool) -> None:
    """Each kind of rerun gets its name and the right sentence, whether or not the API
    lists the jobs that the rerun doesn't run. Only a job whose guard refuses reruns is
    reported as refused; after a rerun with SSH, the sentence has a condition."""
    story = play(
        "rerun-from-failed",
        "rerun:main",
        "rerun-with-ssh:main",
        "rerun:lint",
        "set:WORK=on",
        "rerun-from-start",
        "rerun-from-failed",
        "set:DEPLOY=on",
        "rerun-from-failed",
        carried_over_jobs_are_listed=listed,
    )
    again = "rerun it from the start: dte rerun"
    assert list(zip(story.kinds, story.sentences, strict=True)) == [
        ("first run", f"attempt 1 failed in main; {again}"),
        (
            "rerun from failed",
            "main was refused, because only failed jobs were rerun and "
            f"{IDLE} {REFUSED}",
        ),
        (
            "rerun of a job",
            f"main was refused, because only some jobs were rerun and {IDLE} {REFUSED}",
        ),
        (
            "rerun with SSH",
            "main failed; unless DTE_RERUN_GUARD is off, dte refused it, because only "
            f"this job was rerun with SSH and {IDLE} did not run again; to debug a "
            "refused job, set the project variable DTE_RERUN_GUARD to off; or "
            f"{again}",
        ),
        (
            "rerun of a job",
            "the rerun of a job passed in lint, but main failed before and did not run "
            f"again; {again}",
        ),
        ("rerun from start", f"attempt 2 failed in deploy; {again}"),
        ("rerun from failed", f"the rerun from failed failed in deploy; {again}"),
        (
            "rerun from failed",
            "the rerun from failed passed after 2 partial reruns were refused.",
        ),
    ]
    assert {attempt["by"] for attempt in story.operator.listed} == {"your-name"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tagged", "listed"), [(True, True), (False, True), (False, False)]
)
def test_reruns_through_the_api_are_told_right(
    play: Any, tagged: bool, listed: bool
) -> None:
    """Each kind of rerun request to the API leads to the right sentence, even if the
    new workflow has no tag. `dte rerun` reruns the last full run."""
    story = play(
        requests={
            1: {"from_failed": True},
            2: {"jobs": ["main"]},
            3: {"jobs": ["main"], "enable_ssh": True},
            4: {"jobs": ["main", "agent"], "sparse_tree": True},
            5: ("rerun",),
        },
        api_reruns_have_tags=tagged,
        carried_over_jobs_are_listed=listed,
    )
    kinds = ["rerun from failed", "rerun of a job", "rerun with SSH", "rerun of jobs"]
    partial = kinds if tagged else ["partial rerun"] * 4
    assert story.kinds == ["first run", *partial, "rerun from start"]
    first, *refused, last = story.sentences
    assert first == "attempt 1 failed in main; rerun it from the start: dte rerun"
    *single, both = refused
    ssh = "main failed; unless DTE_RERUN_GUARD is off, dte refused it, because "
    sure = "main was refused, because "
    for kind, text in zip(partial, single, strict=False):
        assert text.startswith(ssh if kind == "rerun with SSH" else sure)
    assert both == (
        "agent and main were refused, because only some jobs were rerun and "
        f"dte/attempt and lint {REFUSED}"
    )
    assert last == "attempt 2 failed in main; rerun it from the start: dte rerun"
    assert story.operator.links[0].endswith(f"/workflows/{story.ids[5]}\n")


def test_a_failure_with_ssh_is_not_called_a_refusal(play: Any) -> None:
    """In a rerun with SSH, DTE_RERUN_GUARD may be off, and then dte didn't refuse main.
    So the summary says that main failed, and not that it was refused."""
    story = play("set:DTE_RERUN_GUARD=off", "rerun-with-ssh:main")
    assert story.kinds == ["first run", "rerun with SSH"]
    assert story.sentences[-1].startswith("main failed; unless DTE_RERUN_GUARD is off")
    assert "was refused" not in story.sentences[-1]


def test_an_automatic_rerun_is_told_right(play: Any) -> None:
    """The sentence says to remove max_auto_reruns, because such a rerun can't pass."""
    config = CONFIG.replace("  build:\n", "  build:\n        max_auto_reruns: 1\n")
    story = play(config=config)
    assert story.kinds == ["first run", "automatic rerun"]
    assert story.sentences[-1] == (
        "main was refused, because CircleCI reran only failed jobs (max_auto_reruns) "
        "and dte/attempt, lint and agent did not run again; remove max_auto_reruns "
        "from the workflow, and rerun it from the start: dte rerun"
    )
