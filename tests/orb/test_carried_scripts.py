"""What a step carries: its script, each module that it imports, and the loader."""

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
COMMANDS = sorted(path.stem for path in (ROOT / "orb" / "commands").glob("*.yml"))
FILES = sorted(path for path in SCRIPTS.rglob("*.*") if path.suffix in (".py", ".sh"))
STRING_LIMIT = 128 * 1024


def imported_modules(path: Path) -> set[str]:
    """The names of our own modules that `path` imports, however far."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = SCRIPTS / "lib" / f"{node.module}.py"
            if module.exists() and node.module not in found:
                found |= {node.module} | imported_modules(module)
    return found


def carried(command: str) -> dict[str, str]:
    """The variables of the command's one step that carries a script."""
    text = (ROOT / "orb" / "commands" / f"{command}.yml").read_text()
    document: Any = yaml.safe_load(text)
    for step in document["steps"]:
        environment = step.get("run", {}).get("environment", {})
        if "DTE_SCRIPT" in environment:
            return dict(environment)
    return {}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_step_carries_its_script_and_all_that_it_imports(command: str) -> None:
    """A step carries the script of its command and exactly the modules it imports."""
    environment = carried(command)
    assert environment["DTE_SCRIPT"] == f"<< include(../scripts/{command}.py) >>"
    modules = {
        name.removeprefix("DTE_MODULE_"): value
        for name, value in environment.items()
        if name.startswith("DTE_MODULE_")
    }
    assert modules == {
        name: f"<< include(../scripts/lib/{name}.py) >>"
        for name in imported_modules(SCRIPTS / f"{command}.py")
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_carried_file_fits_a_variable(path: Path) -> None:
    """Each script fits one environment string, and no `<<` in it needs an escape."""
    assert path.stat().st_size < STRING_LIMIT / 2
    assert "<" + "<" not in path.read_text()


def test_the_orb_never_sets_what_belongs_to_the_user() -> None:
    """No step sets DTE_RERUN_GUARD or DTE_API_URL, which would beat the project's."""
    for command in COMMANDS:
        assert not {"DTE_RERUN_GUARD", "DTE_API_URL"} & set(carried(command))
