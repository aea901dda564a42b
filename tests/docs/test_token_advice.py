"""No text advises users to put CircleCI's token where every job can read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tooling.repository import ROOT

FILES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "orb/**/*.yml", "scripts/**/*.py")
    for path in ROOT.glob(pattern)
)


def list_sentences(path: Path) -> list[str]:
    """Return the file's sentences, each on one line."""
    text = path.read_text(encoding="utf-8").replace('"\n    "', "")
    parts = re.split(r"\.\s|\n\n", text)
    return [re.sub(r"\s+", " ", part) for part in parts]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_token_is_never_a_project_variable(path: Path) -> None:
    """No text suggests CIRCLE_TOKEN as a project variable, which all jobs can read."""
    for sentence in list_sentences(path):
        if re.search(r"CIRCLE_(API_)?TOKEN", sentence):
            assert "project's environment" not in sentence


def test_the_message_names_the_jobs() -> None:
    """The message about a missing token names the jobs that may have it."""
    told = "".join(list_sentences(ROOT / "scripts" / "lib" / "circleci.py"))
    assert "in a context that only dte/attempt and dte/rerun_all get" in told
