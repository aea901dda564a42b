"""`make check`: one line for each check, all of them run, and the exit status."""

import sys
from pathlib import Path

import pytest

from tests.tooling.repository import ROOT
from tools.bootstrap.places import Places
from tools.check.__main__ import choose, run_check
from tools.check.plan import Check, plan_checks
from tools.failures import ToolError


def checks_that(*statuses: int) -> list[Check]:
    """Checks that print a line and exit with these statuses."""
    code = "import sys; print('a finding'); sys.exit(int(sys.argv[1]))"
    return [
        Check(f"check {status}", "lint", (sys.executable, "-c", code, str(status)))
        for status in statuses
    ]


def test_a_check_that_passes_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its output is not shown, only its name and how long it took."""
    (passing,) = checks_that(0)
    assert run_check(passing, tmp_path, Places(tmp_path))
    printed = capsys.readouterr().out
    assert printed.startswith("ok")
    assert len(printed.splitlines()) == 1


def test_a_check_that_fails_shows_what_it_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed check is marked and followed by its own output."""
    (failing,) = checks_that(3)
    assert not run_check(failing, tmp_path, Places(tmp_path))
    printed = capsys.readouterr().out
    assert printed.startswith("FAIL")
    assert "a finding" in printed


def test_a_group_chooses_its_checks_and_no_others() -> None:
    """`make lint` runs what is in the group lint."""
    chosen = choose(plan_checks(ROOT), ["lint"])
    assert {check.group for check in chosen} == {"lint"}


def test_a_check_that_does_not_exist_is_an_error() -> None:
    """A misspelt name is refused, not passed with nothing run."""
    with pytest.raises(ToolError, match="'lnit'"):
        choose(plan_checks(ROOT), ["lnit"])


def test_tests_run_last_so_that_their_closing_line_does_too() -> None:
    """What pytest counted stands at the end of the log of CI."""
    assert plan_checks(ROOT)[-1].group == "tests"
