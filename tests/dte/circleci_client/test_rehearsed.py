"""`dte attempts` and `dte rerun` on a rehearsed pipeline."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from dte.cli import main
from dte.order.order import Order
from dte.order.scenario import parse_action
from dte.rehearsal import rehearse
from dte.run.listener import Listener
from dte.run.results import JobRun, RehearsedWorkflow, StepPlace
from tests.tooling.repository import ROOT

CONFIG = """\
    version: 2.1
    orbs:
      dte: acme/dte@1.0.0
    jobs:
      work:
        executor: dte/small
        steps:
          - dte/rerun_guard
          - run: {name: Work, command: 'echo "api $DTE_API_URL"; [ "$WORK" = on ]'}
    workflows:
      build:
        jobs:
          - dte/attempt
          - work:
              requires: [dte/attempt]
"""


@dataclass
class Operator(Listener):
    """Runs `dte attempts` after each workflow, as a person at a terminal would.

    After workflow number `reruns_at`, it also runs `dte rerun`.
    """

    reruns_at: int
    api: str = ""
    sentences: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

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
        """Run the commands, and keep what they print."""
        self.sentences.append(self.run("attempts", workflow.id).splitlines()[-1])
        if len(self.sentences) == self.reruns_at:
            self.links.append(self.run("rerun", workflow.id, "--yes"))

    def run(self, *words: str) -> str:
        """Run a command that has to succeed; return its standard output."""
        environment = {"DTE_API_URL": self.api, "CIRCLE_TOKEN": "any"}
        done = CliRunner(env=environment).invoke(main, words)
        assert done.exit_code == 0, done.output
        return done.stdout


def test_the_story_of_each_kind_of_rerun_is_told_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure, a refused rerun from failed, a full rerun by `dte rerun`, and a
    passing rerun from the start each get the right sentence."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "README.md").write_text("A project.\n")
    config = tmp_path / "config.yml"
    config.write_text(textwrap.dedent(CONFIG))
    operator = Operator(reruns_at=2)
    then = ("rerun-from-failed", "set:WORK=on", "rerun-from-start")
    order = Order(
        config=config,
        project=tmp_path / "project",
        orbs={"dte": ROOT / "orb"},
        variables={"WORK": "off"},
        actions=tuple(parse_action(text) for text in then),
    )
    report = rehearse(order, operator)
    ids = [run.id for run in report.runs]
    again = "rerun it from the start: dte rerun"
    assert operator.sentences == [
        f"build: attempt 1 failed in work; {again} {ids[0]}",
        "build: work was refused, because only failed jobs were rerun and dte/attempt "
        f"did not run again; {again} {ids[1]}",
        f"build: attempt 2 failed in work; {again} {ids[2]}",
        "build: attempt 3 passed after 1 partial rerun was refused.",
    ]
    (link,) = operator.links
    assert link.endswith(f"/pipelines/workflows/{ids[2]}\n")
