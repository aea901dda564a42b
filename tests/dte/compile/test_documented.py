"""Small configs whose result follows from CircleCI's pages, its schema or real orbs.

The configs are in tests/cases/documented/, each with its source.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.errors import UserError
from tests.dte.compile.configs import compile_text

FOLDER = Path(__file__).parents[2] / "cases" / "documented"


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    return found


ACCEPTED, REFUSED = cases("accepted.yml"), cases("refused.yml")


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_accepted(case: dict[str, Any], tmp_path: Path) -> None:
    """A documented config compiles with only the expected notes."""
    compiled = compile_text(case["config"], tmp_path)
    text = yaml.safe_dump(compiled.document, sort_keys=False, width=1000)
    for words in case.get("prints", []):
        assert words in text
    for words in case.get("not_printed", []):
        assert words not in text
    assert [note.code for note in compiled.notes] == case.get("notes", [])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_refused(case: dict[str, Any], tmp_path: Path) -> None:
    """A config that a source forbids is refused with what to write instead."""
    with pytest.raises(UserError) as caught:
        compile_text(case["config"], tmp_path)
    error = caught.value
    said = "\n".join([error.message, *error.suggestions])
    for words in case["says"]:
        assert words in said
    assert error.code
    assert error.where is not None
    assert error.exit_code == 2


def test_each_case_names_its_source() -> None:
    """A case has a name of its own and a source."""
    names = [case["name"] for case in (*ACCEPTED, *REFUSED)]
    assert len(names) == len(set(names))
    assert all(case["source"] for case in (*ACCEPTED, *REFUSED))
