"""The commands other than `dte` on the pages: make, circleci, pip, npx."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import list_commands
from tests.tooling.repository import ROOT

# By the first word of a command: the tests that run such commands.
TESTED_IN = {
    ".tools/bin/circleci": "here",
    "circleci": "here",
    "dte": "test_guides.py and tests/end_to_end/test_page_commands.py",
    "make": "here",
    "npm": "tests/sample/",
    "npx": "tests/sample/ and tests/end_to_end/test_page_commands.py",
    "pip": "tests/dte/test_package.py",
}
TRIVIAL = {"cd", "export", "git"}
CIRCLECI = [words for _, words in list_commands() if words[0].endswith("circleci")]
MAKE = [words for _, words in list_commands() if words[0] == "make"]


def test_each_kind_of_command_is_tested() -> None:
    """Each command on a page begins with a word that the tests know."""
    shown = {words[0] for _, words in list_commands()}
    assert sorted(shown - TRIVIAL) == sorted(TESTED_IN)


@pytest.mark.parametrize("words", MAKE, ids=" ".join)
def test_make_knows_the_target(words: list[str], tmp_path: Path) -> None:
    """Each target exists, and the tests that ARGS names can be collected."""
    printed = subprocess.run(
        [*words, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    if not [word for word in words if word.startswith("ARGS=")]:
        return
    line = next(line for line in printed.splitlines() if " pytest " in line)
    options = shlex.split(line.partition(" pytest ")[2])
    kept = [option for option in options if not option.startswith("--junitxml")]
    collect = (*kept, "-n", "0", "-o", f"cache_dir={tmp_path}", "--collect-only", "-q")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *collect],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.cli
@pytest.mark.parametrize("words", CIRCLECI, ids=" ".join)
def test_circleci_s_cli_has_the_command(words: list[str], tmp_path: Path) -> None:
    """CircleCI's CLI takes the options and the number of arguments on the page."""
    words = words[: words.index(">")] if ">" in words else words
    shown = subprocess.run(
        [ROOT / ".tools/bin/circleci", *words[1:3], "--help", "--skip-update-check"],
        env={"HOME": str(tmp_path), "CIRCLECI_CLI_TELEMETRY_OPTOUT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout
    usage = re.search(rf"circleci {words[1]} {words[2]} (.*)\[flags\]", shown)
    assert usage is not None, shown
    options = [word for word in words if word.startswith("--")]
    assert [one for one in options if f"{one} " not in shown] == []
    # Each option on the pages has a value.
    arguments = len(words) - 3 - 2 * len(options)
    named = re.sub(r"--\S+ <[^>]+>|<[^>]+>/", "", usage[1])
    assert arguments == named.count("<")
