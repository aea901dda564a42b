"""The page on `dte check` has a section for each code."""

from __future__ import annotations

import re

from dte.check.ignores import UNUSED, WITHOUT_REASON
from dte.check.rules import all_rules
from tests.tooling.repository import ROOT

PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")


def test_every_code_has_its_section() -> None:
    """The page has a heading for each code, to which a finding's link leads."""
    sections = re.findall(r"^### (dte-check-.+)$", PAGE, re.MULTILINE)
    codes = [rule.code for rule in all_rules()]
    assert sorted(sections) == sorted([*codes, UNUSED, WITHOUT_REASON])


def test_a_code_is_named_after_its_module() -> None:
    """The code of a rule is the name of its module, with a prefix."""
    for rule in all_rules():
        module = rule.find.__module__.rpartition(".")[2]
        assert rule.code == f"dte-check-{module.replace('_', '-')}"
