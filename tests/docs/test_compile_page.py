"""The page on `dte compile` names every code."""

from __future__ import annotations

import ast
import re

from dte.errors import link_to
from tests.tooling.repository import ROOT, python_files

PAGE = (ROOT / "docs" / "compile.md").read_text(encoding="utf-8")


def codes_in_the_code() -> set[str]:
    """Return each code that the compiler uses in an error, a warning or a note."""
    found = {"usage"}
    for _, tree in python_files("dte/"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            values = [word.value for word in node.keywords if word.arg == "code"]
            if name in ("warn", "tell"):
                values += node.args[:1]
            found |= {
                value.value
                for value in values
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
    return found


def test_the_page_lists_every_code() -> None:
    """The table lists exactly the codes that the compiler uses."""
    table = PAGE.split("## Codes")[1].split("\n## ")[0]
    row = r'^\| <a id="dte-([\w-]+)"></a>`dte-\1` \|'
    listed = re.findall(row, table, re.MULTILINE)
    assert sorted(listed) == sorted(codes_in_the_code())


def test_each_link_leads_to_a_line() -> None:
    """Each code's link ends with the anchor of its row in the table."""
    for code in codes_in_the_code():
        page, _, anchor = link_to(code).partition("#")
        assert page.endswith("/docs/compile.md")
        assert PAGE.count(f'<a id="{anchor}"></a>') == 1
