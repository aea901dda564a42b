"""docs/compile.md names the codes that dte gives for the changes of September 2026.

Source of the rows: thread 54719 of discuss.circleci.com, and the issues that
`dte/patterns.py` names.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dte.errors import UserError
from tests.dte.compile.configs import compile_text
from tests.tooling.repository import ROOT

TABLE = (ROOT / "docs" / "compile.md").read_text("utf-8").split("\n## ")[1]
ROWS: list[tuple[str, str]] = re.findall(
    r"^\| (?!config|---)(.+?) \| (.+?) \| .+ \|$", TABLE, re.MULTILINE
)

GOOD = """\
version: 2.1
parameters: {declared: {type: string, default: a}}
orbs:
  tool:
    jobs:
      work: {machine: true, steps: [run: echo hello]}
jobs:
  build: {machine: true, steps: [run: echo hi]}
  spare: {machine: true, steps: [run: echo spare]}
workflows:
  main:
    when: pipeline.git.branch
    jobs: [build, tool/work]
"""
UNDECLARED = "<< pipeline.parameters.gone >>"


def with_pattern(pattern: str) -> list[tuple[str, str]]:
    """Return replacements in GOOD, one for each key or expression with a pattern."""
    return [
        ("[build,", f"[build: {{filters: {{branches: {{only: ['/{pattern}/']}}}}}},"),
        ("[build,", f"[build: {{filters: {{tags: {{ignore: '/{pattern}/'}}}}}},"),
        (
            "[build,",
            "[build: {filters: "
            f"{json.dumps(f'pipeline.git.branch matches /{pattern}/')}}},",
        ),
        (
            "when: pipeline.git.branch",
            f"when: {{matches: {{pattern: '{pattern}', value: a}}}}",
        ),
        (
            "when: pipeline.git.branch",
            f"when: {json.dumps(f'pipeline.git.branch matches /{pattern}/')}",
        ),
        ("echo hi", f"echo << pipeline.git.branch matches /{pattern}/ >>"),
    ]


def with_patterns(*patterns: str) -> list[tuple[str, str]]:
    """Return the replacements in GOOD for each of several patterns."""
    return [place for pattern in patterns for place in with_pattern(pattern)]


# For each row of the page: replacements that each break GOOD.
BROKEN = {
    "`version: 2`": [("2.1", "2"), ("2.1", "2.0"), ("2.1", '"2"')],
    "`<< pipeline.parameters.x >>` without a declaration": [
        ("echo hi", UNDECLARED),
        ("echo spare", UNDECLARED),
        ("pipeline.git.branch", "pipeline.git.branch or pipeline.parameters.gone"),
        ("[build,", f"[build: {{name: {UNDECLARED}}},"),
    ],
    "`<< pipeline.parameters.x >>` inside an orb": [
        ("echo hello", "<< pipeline.parameters.declared >>"),
        ("echo hello", UNDECLARED),
    ],
    "lookaround": with_patterns("^(?!dev).*", "(?=a)b", "(?<!a)b", "(?<=a)b"),
    "back references": with_patterns(r"(a)\1"),
    "possessive quantifiers": with_patterns("a++", "a*+", "a?+", "(?>a)"),
    "`\\Z`": with_patterns(r"main\Z"),
    "a pattern of more than 128 characters": with_patterns("a" * 129),
    "`filters` with `branches` and `tags`": [
        ("[build,", "[build: {filters: {branches: {only: main}}},"),
        ("[build,", "[build: {filters: {tags: {only: '/^v.*/'}}},"),
    ],
}
CASES = [
    (row, *replaced)
    for row, replacements in BROKEN.items()
    for replaced in replacements
]


def row_of(name: str) -> tuple[str, str]:
    """Return the one row of the page that begins with a name."""
    (row,) = [row for row in ROWS if row[0].startswith(name)]
    return row


def said_of(before: str, after: str, folder: Path) -> list[tuple[str, str]]:
    """Return the severity and code of each message about GOOD after a change.

    Messages without a suggestion are left out.
    """
    assert GOOD.count(before) == 1
    try:
        notes = compile_text(GOOD.replace(before, after), folder).notes
    except UserError as error:
        every = (error, *error.others)
        return [("error", one.code) for one in every if one.suggestions]
    return [(note.severity, note.code) for note in notes if note.suggestions]


def test_every_row_is_tried() -> None:
    """BROKEN has configs for exactly the rows of the page."""
    assert sorted(row_of(name) for name in BROKEN) == sorted(ROWS)


def test_the_config_before_it_is_broken(tmp_path: Path) -> None:
    """GOOD, the config that the cases change, gives only the note `unused`."""
    notes = compile_text(GOOD, tmp_path).notes
    assert [note.code for note in notes] == ["unused"]


@pytest.mark.parametrize(("row", "before", "after"), CASES)
def test_a_row(row: str, before: str, after: str, tmp_path: Path) -> None:
    """A config that a row calls broken gives only codes that the row names."""
    named = re.findall(r"`(error|note)\[dte-([\w-]+)\]`", row_of(row)[1])
    found = said_of(before, after, tmp_path)
    assert found
    assert set(found) <= set(named)
