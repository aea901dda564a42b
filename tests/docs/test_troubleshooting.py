"""Each error message of the scripts ends with a link to docs/troubleshooting.md."""

from __future__ import annotations

import ast
import re

from dte.errors import UserError
from tests.tooling.repository import ROOT, python_files

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
FAILURES = ROOT / "scripts" / "lib" / "failures.py"
SHELL = {path.name: path.read_text() for path in (ROOT / "scripts").glob("*.sh")}
# The anchor is in the link, or in an argument that a script puts into the link.
ALL_SHELL = "".join(SHELL.values())
ANCHOR = r'^ *(?:set --|dte_refuse) ([\w-]+) "|\.md#([\w-]+)["}]'
IN_SHELL = re.findall(ANCHOR, ALL_SHELL, re.MULTILINE)
ANCHORS = re.findall(r'^<a id="([\w-]+)"></a>\n\n##', PAGE, re.MULTILINE)


def list_codes() -> list[tuple[str, str]]:
    """Return the file and line, and the code or "", of each error of the scripts.

    An error class has its own code; a call of `Refusal` has it as an argument.
    """
    found = []
    for name, tree in python_files("scripts/"):
        for node in ast.walk(tree):
            values: list[ast.expr] = []
            if isinstance(node, ast.ClassDef):
                values = [
                    item.value
                    for item in node.body
                    if isinstance(item, ast.Assign)
                    and ast.unparse(item.targets[0]) == "code"
                ]
                if not [base for base in node.bases if ast.unparse(base) == "Refusal"]:
                    continue
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Refusal":
                values = [word.value for word in node.keywords if word.arg == "code"]
            else:
                continue
            texts = [one.value for one in values if isinstance(one, ast.Constant)]
            found.append((f"{name}:{node.lineno}", str(texts[0]) if texts else ""))
    return found


def test_every_error_has_its_section() -> None:
    """Each error has a code, and the page has exactly the anchors of these codes."""
    codes = list_codes()
    assert [place for place, code in codes if not code] == []
    in_shell = {first or second for first, second in IN_SHELL}
    assert {code for _, code in codes} | {"dte"} | in_shell == set(ANCHORS)
    assert len(ANCHORS) == len(set(ANCHORS))


def test_the_address_is_that_of_the_page() -> None:
    """The scripts and the command link to the same page."""
    (address,) = re.findall(r'^PAGE = "(.+)"$', FAILURES.read_text(), re.MULTILINE)
    assert address.endswith("/dte/blob/main/docs/troubleshooting.md")
    pages = re.findall(r"https://\S+/docs/[\w.]+", ALL_SHELL)
    assert set(pages) == {address}
    assert UserError("any").reference == f"{address}#dte"


def test_every_error_of_a_shell_script_has_a_link() -> None:
    """Each shell script contains as many links as errors."""
    for name, text in SHELL.items():
        errors = text.count('"error: ') + text.count(":?")
        assert errors == text.count("/troubleshooting.md#"), name
