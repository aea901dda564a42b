"""docs/faults.md compares the stand-in with the real client, and names tests."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[2] / "docs" / "faults.md"


def test_each_row_names_tests_that_exist() -> None:
    """Each row of the comparison ends with the names of its tests."""
    section = PAGE.read_text().partition("## The stand-in and the real client")[2]
    table, _, _ = section.partition("## What is unknown")
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not re.match(r"\| (behavior|---) ", row)]
    defined = {
        name
        for file in FOLDER.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert len(rows) >= 20
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row.rpartition(" | ")[2])
        assert named, row
        assert set(named) <= defined, row
