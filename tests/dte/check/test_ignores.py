"""A comment with a reason ignores a finding; an unused comment is a finding."""

from __future__ import annotations

import pytest

from dte.check.finding import finding
from dte.check.ignores import UNUSED, WITHOUT_REASON, apply_ignores, read_ignores
from dte.model import Where

CODE = "dte-check-no-guard"


def codes_after(text: str, line: int, file: str = "config.yml") -> list[str]:
    """Return the codes that remain if CODE is found at this line of the text."""
    found = [finding(CODE, Where(file, line), "…")]
    remaining, _ = apply_ignores(found, read_ignores("config.yml", text))
    return [one.code for one in remaining]


@pytest.mark.parametrize(
    ("text", "line", "remaining"),
    [
        (f"- main # dte: ignore[{CODE}] small runs", 1, []),
        (f"# dte: ignore[{CODE}] small runs\n- main", 2, []),
        (f"# dte: ignore[{CODE}] small runs\n# more\n\n- main", 4, []),
        (f"#dte:ignore[dte-x, {CODE}] small\n- main", 2, [UNUSED]),
        (f"- main # dte: ignore[{CODE}]", 1, [WITHOUT_REASON]),
        (f"- main # dte: ignore[{CODE}] :", 1, [WITHOUT_REASON]),
        ("- main # dte: ignore small runs", 1, [CODE, UNUSED]),
        (f"- main\n- a # dte: ignore[{CODE}] small", 1, [CODE, UNUSED]),
        (f"- a # dte: ignore[{CODE}] small\n- main", 2, [CODE, UNUSED]),
        ("- main # dte: ignored by us", 1, [CODE]),
        (f"- 'x#dte: ignore[{CODE}] no comment'", 1, [CODE]),
    ],
)
def test_a_comment(text: str, line: int, remaining: list[str]) -> None:
    """A comment applies to its line; if alone there, to the next line with content."""
    assert codes_after(text, line) == remaining


def test_a_comment_of_another_file() -> None:
    """A comment ignores only findings in its own file."""
    text = f"- main # dte: ignore[{CODE}] small"
    assert codes_after(text, 1, "other.yml") == [CODE, UNUSED]


def test_an_ignored_finding_keeps_its_reason() -> None:
    """The result contains the comment's reason, for --json."""
    found = [finding(CODE, Where("a", 1), "…")]
    text = f"- main # dte: ignore[{CODE}] the runs are short"
    _, ignored = apply_ignores(found, read_ignores("a", text))
    assert [ignore.reason for _, ignore in ignored] == ["the runs are short"]
