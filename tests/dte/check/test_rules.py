"""Each rule finds the lines marked in its `finds.yml`, and nothing in its `passes.yml`.

A marked line ends with `# finds CODE`, also in a script next to the config.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dte.check.config import Checked, check_config
from dte.check.rules import all_rules
from dte.commands.check import describe
from dte.model import PipelineValues
from tests.golden import Golden

CASES = Path(__file__).parents[2] / "cases" / "check"
NAMES = sorted(path.name for path in CASES.iterdir())
MARK = re.compile(r"(?:#|//) finds (?P<codes>[\w ,-]+)$")


def check_case(name: str, monkeypatch: pytest.MonkeyPatch, config: str) -> Checked:
    """Check a config of a case in its folder, so that file names are short."""
    monkeypatch.chdir(CASES / name)
    return check_config(Path(config), orbs={}, pipeline=PipelineValues())


def marked(folder: Path) -> set[tuple[str, int, str]]:
    """Return the file, line and code of each mark in the files of a case."""
    found = set()
    for path in folder.rglob("*"):
        if not path.is_file() or path.suffix == ".txt":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if mark := MARK.search(line):
                name = str(path.relative_to(folder))
                found |= {(name, number, code) for code in mark["codes"].split(", ")}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_config_that_breaks_the_rule(
    name: str, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule finds exactly the marked lines, with the messages in finds.txt."""
    checked = check_case(name, monkeypatch, "finds.yml")
    places = {(one.where.file, one.where.line, one.code) for one in checked.findings}
    assert places == marked(CASES / name)
    assert places
    lines = [line for one in checked.findings for line in describe(one)]
    golden.check(CASES / name / "finds.txt", "\n".join([*lines, ""]))


@pytest.mark.parametrize("name", NAMES)
def test_a_config_that_keeps_the_rule(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule finds anything in a `passes.yml`."""
    assert check_case(name, monkeypatch, "passes.yml").findings == ()


def test_every_rule_has_its_cases() -> None:
    """Each rule has a folder of examples."""
    found = {code for name in NAMES for _, _, code in marked(CASES / name)}
    assert {rule.code for rule in all_rules()} - found == set()
