"""The page about package managers names parameters that exist."""

import re

from tests.tooling.repository import ROOT
from tools.reference import read_components

PAGE = (ROOT / "docs" / "packages.md").read_text(encoding="utf-8")


def test_every_parameter_of_the_other_orbs_has_one_of_ours() -> None:
    """Each row ends with a parameter of one of dte's jobs or its default executor.

    The rows are the parameters of node-orb (2025-10-20) and of Cypress's circleci-orb
    (2026-07-07), except parameters for browsers, tests and Yarn's zero-installs.
    """
    parts = [read_components(ROOT / "orb", kind) for kind in ("jobs", "executors")]
    ours = {name for part in parts for it in part.values() for name in it["parameters"]}
    rows = PAGE.split("| circleci/node |")[1].splitlines()[2:]
    assert len(rows) == 12
    for row in rows:
        theirs, _, mine = row.strip("|").rpartition(" | ")
        assert "`" in theirs
        assert set(re.findall(r"`(\w+)[`:]", mine)) & ours, row
