"""What is printed at the end of a rehearsal, and in which order."""

import re
from pathlib import Path

import pytest

from dte.order.order import Order
from dte.rehearsal import rehearse
from dte.report.outcome import print_report
from dte.run.listener import Listener
from tests.configs import one_job
from tests.dte.commands import make_project, run_in
from tests.dte.report import events

STEPS = (
    "run: {name: A, command: echo a}",
    "run: {name: B, command: echo b, when: on_fail}",
)


def test_the_result_comes_before_the_clean_up(tmp_path: Path) -> None:
    """The report is shown before the message that the rehearsal's folder is removed."""
    told: list[str] = []

    class Told(Listener):
        def cleaning_up(self, text: str) -> None:
            told.append(text)

    project = make_project(tmp_path / "project", one_job(*STEPS))
    config = project / ".circleci" / "config.yml"
    order = Order(config=config, project=project, orbs={})
    rehearse(order, Told(), lambda report: told.append(report.runs[0].status))
    assert told[0] == "success"
    assert told[1].startswith("removing the rehearsal's folder ")


@pytest.mark.parametrize("terminal", [True, False])
def test_the_verdict_is_wrapped_at_a_terminal_only(terminal: bool) -> None:
    """In a terminal, the verdict wraps between words; elsewhere, it is one line."""
    console = events.make_console(80, terminal=terminal)
    verdict = "fourteen chars " * 6 + "and this word is cut"
    print_report(events.make_story(), console, verdict=verdict, passed=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", events.read_console(console))
    lines = plain.partition("37.50 s\n")[2].splitlines()
    assert " ".join(map(str.strip, lines)) == verdict
    assert len(lines) == (2 if terminal else 1)


@pytest.mark.parametrize(
    "words", [("--fail", "build:B"), ("--kill", "build:B@1:SIGTERM")]
)
def test_a_fault_without_effect_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str]
) -> None:
    """A fault whose step never ran is named, and is an error only with --expect."""
    project = make_project(tmp_path / "project", one_job(*STEPS))
    done = run_in(project, monkeypatch, "rehearse", *words)
    assert f"{words[0]} {words[1]}".removesuffix(":SIGTERM") in done.stdout
    assert "had no effect" in done.stdout
    assert done.exit_code == 0
    done = run_in(project, monkeypatch, "rehearse", *words, "--expect", "success")
    assert done.exit_code == 1
