"""The page on the design names every variable that a script reads or writes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tooling.repository import ROOT

PAGE = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
SCRIPTS = ROOT / "scripts"
READERS = {
    *("read", "require", "require_id", "read_switch", "read_choice", "read_folder"),
    *("read_name", "read_number", "read_milliseconds", "getenv"),
}
# The pattern also finds variables that a script writes or passes to a function.
NAME = re.compile(r"(?:CIRCLE|DTE|NX)_[A-Z][A-Z_]*[A-Z]|BASH_ENV|FORCE_COLOR")
PARAMETER = re.compile(r"^ +(DTE_[A-Z_]+): << parameters\.(\w+) >>$", re.MULTILINE)


def list_names(path: Path) -> Iterator[str]:
    """Yield every variable that a script or a shared module reads or writes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and NAME.fullmatch(str(node.value)):
            yield str(node.value)
        key: ast.expr | None = None
        if isinstance(node, ast.Subscript) and _is_environ(node.value):
            key = node.slice
        elif isinstance(node, ast.Call) and node.args and _reads(node.func):
            key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value


def _is_environ(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _reads(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute) and _is_environ(function.value):
        return function.attr in ("get", "setdefault", "pop")
    return getattr(function, "id", getattr(function, "attr", "")) in READERS


def list_rows(title: str) -> list[list[str]]:
    """Return the cells of each row of the table under a title, without the header."""
    section = PAGE.split(f"### {title}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def list_code(cell: str) -> list[str]:
    """Return the code spans in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def test_every_variable_is_on_the_page() -> None:
    """docs/design.md lists exactly the variables that Python and shell scripts use."""
    used = {name for path in SCRIPTS.rglob("*.py") for name in list_names(path)}
    loader = {"DTE_CHECKOUT", "DTE_PROGRAM", "DTE_MODULE_<name>", "DTE_UNPACKED"}
    titles = ("CircleCI's", "dte's own", "Parameters", "Nx's")
    named = [
        name
        for title in titles
        for row in list_rows(title)
        for name in list_code(row[0])
    ]
    assert len(named) == len(set(named))
    assert set(named) == used | loader


def test_every_script_that_names_a_variable_is_in_its_row() -> None:
    """A variable's row names each script that uses it, unless all scripts use it."""
    rows = [row for title in ("CircleCI's", "dte's own") for row in list_rows(title)]
    missing = [
        f"{name}: {path.stem}"
        for path in SCRIPTS.glob("*.py")
        for name in set(list_names(path))
        for row in rows
        if name in list_code(row[0])
        and not row[1].startswith("all ")
        and "the steps" not in row[1]
        and path.stem not in list_code(row[1])
    ]
    assert missing == []


def test_every_parameter_has_its_variable() -> None:
    """For each variable, the page names the same parameters and commands as the orb."""
    carried: dict[str, tuple[set[str], set[str]]] = {}
    for path in (ROOT / "orb" / "commands").glob("*.yml"):
        for name, parameter in PARAMETER.findall(path.read_text(encoding="utf-8")):
            parameters, commands = carried.setdefault(name, (set(), set()))
            parameters.add(parameter)
            commands.add(path.stem)
    rows = {
        list_code(row[0])[0]: (set(list_code(row[1])), set(list_code(row[2])))
        for row in list_rows("Parameters")
    }
    assert rows == carried


def test_what_the_page_promises_of_the_file_that_is_sourced() -> None:
    """The page quotes the pattern of the words that may be written to BASH_ENV."""
    module = (SCRIPTS / "lib" / "bash_env.py").read_text(encoding="utf-8")
    found = re.search(r"_WORD = r\"(.+?)\{0,\d+\}\"", module)
    assert found is not None
    assert f"`{found[1]}*`" in PAGE
