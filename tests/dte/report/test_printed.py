"""The output of a rehearsal, in golden files for several widths."""

import os
import re
from io import StringIO
from pathlib import Path

import pytest

from dte.report.live import LiveListener
from dte.report.progress import Progress
from dte.report.screen import make_console
from dte.report.table import print_tables
from dte.report.words import step_title
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text
from tests.dte.report import events
from tests.golden import Golden

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize(
    ("name", "width", "wrap"),
    [("80", 80, True), ("200", 200, True), ("no-terminal", 80, False)],
)
@pytest.mark.parametrize("verbose", [False, True])
def test_the_printed_rehearsal(
    golden: Golden, name: str, width: int, wrap: bool, verbose: bool
) -> None:
    """Steps, failures and tables are printed as the golden file shows."""
    console = events.make_console(width)
    events.play(LiveListener(console, verbose=verbose, wrap=wrap))
    print_tables(events.make_story(), console)
    mode = "-verbose" if verbose else ""
    golden.check(GOLDEN / f"{name}{mode}.txt", events.read_console(console))


def test_nothing_is_wider_than_80_columns() -> None:
    """Tables and wrapped lines fit into 80 columns."""
    console = events.make_console(80)
    events.play(LiveListener(console, verbose=True, wrap=True))
    print_tables(events.make_story(), console)
    assert max(map(len, events.read_console(console).splitlines())) <= 80


def test_wrapped_lines_keep_their_gutter() -> None:
    """Every piece of a wrapped line starts with the name of its job."""
    console = events.make_console(80)
    events.play(LiveListener(console, verbose=True, wrap=True))
    lines = events.read_console(console).splitlines()
    gutters = [line for line in lines if line.startswith("build #1")]
    joined = "".join(line.partition("│ ")[2] for line in gutters)
    assert "".join(events.LONG.split()) in "".join(joined.split())


def test_the_table_shows_which_machine_failed(tmp_path: Path) -> None:
    """A parallel job's row says how many machines it has, and which machine failed."""
    step = "run: {name: A, command: 'exit $((CIRCLE_NODE_INDEX == 2 ? 7 : 0))'}"
    done = rehearse_text(tmp_path, one_job(step, more="parallelism: 3"))
    console = events.make_console(80)
    print_tables(done.report, console)
    (row,) = re.findall("build .*", events.read_console(console))
    assert re.split("  +", row)[0] == "build (3 machines)"
    assert re.split("  +", row)[-1] == "#2 A, exit 7"


def test_labels_of_a_run_have_no_hole_between_them() -> None:
    """A job whose row has two lines leaves no empty line in the run's label."""
    console = events.make_console(80)
    print_tables(events.make_story(), console)
    lines = [line[:19].rstrip() for line in events.read_console(console).splitlines()]
    second = lines.index("2 rerun from failed")
    assert lines[second + 1 : second + 3] == ["  main@99bd803", "  partial"]


def test_an_unnamed_step_shows_its_first_line() -> None:
    """An unnamed step of several lines is shown as its first line."""
    assert step_title("one\ntwo\nthree") == "one …"
    assert step_title("a" * 100) == "a" * 59 + "…"
    assert step_title(" \n") == "step"


@pytest.mark.parametrize("title", ["[/] [bold]x", "a :x: b", "https://[::1]/"])
def test_names_are_shown_as_they_are(title: str) -> None:
    """Brackets and colons in the name of a step or job are neither markup nor emoji."""
    console, file = make_console(), StringIO()
    console.file, console.width = file, 200
    progress = Progress()
    progress.start(title, title, title)
    console.print(progress)
    assert file.getvalue().count(title) == 2
    step = events.make_step_report(title, "failed")
    job = events.make_job_report(title, "failed", step)
    print_tables(events.make_report(events.make_run("failed", job)), console)
    assert file.getvalue().count(title) == 4


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_escapes_if_the_user_wants_none(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """With NO_COLOR or TERM=dumb, even a terminal gets no escape sequences."""
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert make_console().color_system is None


def test_columns_is_honored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal, the width is the value of COLUMNS, or 80 by default."""
    # If stdout is a file, dte must not use the width of the terminal at stdin.
    monkeypatch.setattr("os.get_terminal_size", lambda _fd: os.terminal_size((200, 9)))
    assert make_console().width == 80
    monkeypatch.setenv("COLUMNS", "132")
    assert make_console().width == 132


def test_a_terminal_has_a_live_block() -> None:
    """In a terminal, running jobs and their steps are shown, and erased at the end."""
    console = events.make_console(100, terminal=True)
    events.play(LiveListener(console, verbose=False))
    printed = events.read_console(console)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed)
    assert re.search(r"^build #1 +▶ corepack enable … +\d+ s$", plain, re.MULTILINE)
    # The last block is erased, line by line, before the run's result.
    assert re.search(r"(\x1b\[1A\x1b\[2K){2}[^\n]*run 1: failed", printed)
