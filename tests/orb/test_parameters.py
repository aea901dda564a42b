"""A parameter means the same everywhere and reaches the script that reads it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.orb.test_carried_scripts import COMMANDS, ROOT, SCRIPTS
from tests.scripts.modules import list_imported
from tools.reference import read_components

COMPONENTS = {
    f"orb/{kind}/{name}.yml": body
    for kind in ("commands", "jobs")
    for name, body in read_components(ROOT / "orb", kind).items()
}
# Only the executor's default and description may differ between jobs.
OWN = {"executor"}
# No parameter sets these variables: the orb, an earlier step or the user does.
NO_PARAMETER = {
    *("DTE_ATTEMPTS", "DTE_CHECKOUT", "DTE_LEDGER", "DTE_MODE", "DTE_NX_ROOT"),
    "DTE_NX_RUNNER",
    *("DTE_RUN", "DTE_API_URL", "DTE_RERUN_GUARD", "DTE_BASH", "DTE_CODE"),
}
VARIABLE = re.compile(r"DTE_[A-Z][A-Z_]*[A-Z]")


def list_parameters() -> dict[str, dict[str, Any]]:
    """Return each parameter's definitions, by the file that has them."""
    found: dict[str, dict[str, Any]] = {}
    for file, body in COMPONENTS.items():
        for name, definition in body.get("parameters", {}).items():
            found.setdefault(name, {})[file] = definition
    return found


def list_carried(command: str) -> dict[str, str]:
    """Return the variables that carry parameters in a command's steps."""
    steps = COMPONENTS[f"orb/commands/{command}.yml"]["steps"]
    return {
        name: value
        for step in steps
        if isinstance(step, dict)
        for name, value in step.get("run", {}).get("environment", {}).items()
        if str(value).startswith("<< parameters.")
    }


def list_read(*files: Path) -> set[str]:
    """Return the variables of parameters that occur in the files."""
    return {
        node.value
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and VARIABLE.fullmatch(node.value)
    } - NO_PARAMETER


def list_defaults(command: str) -> Iterator[tuple[str, str]]:
    """Yield each variable for which the script has a default, and the default."""
    tree = ast.parse((SCRIPTS / f"{command}.py").read_text(encoding="utf-8"))
    constants = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        words = [
            constants.get(arg.id)
            if isinstance(arg, ast.Name)
            else getattr(arg, "value", None)
            for arg in node.args
        ]
        for name, default in pairwise(words):
            if VARIABLE.fullmatch(str(name)) and isinstance(default, str):
                yield str(name), default


@pytest.mark.parametrize("name", sorted(list_parameters()))
def test_a_parameter_means_the_same_everywhere(name: str) -> None:
    """A parameter's type, default and description are the same in all components."""
    definitions = list_parameters()[name]
    first, *others = definitions
    for file in others:
        if name not in OWN:
            assert definitions[file] == definitions[first], f"{file} against {first}"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_parameter_has_the_variable_of_its_name(command: str) -> None:
    """A variable is named after its parameter: DTE_ORDINAL contains `ordinal`."""
    for variable, value in list_carried(command).items():
        assert value == f"<< parameters.{variable.removeprefix('DTE_').lower()} >>"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_script_reads_what_its_command_carries(command: str) -> None:
    """A script reads exactly the parameters that its command passes to it."""
    script = SCRIPTS / f"{command}.py"
    modules = list_imported(command).values()
    carried = set(list_carried(command))
    unread = carried - list_read(*modules)
    assert unread == set(), f"scripts/{command}.py does not read it"
    missing = list_read(script) - carried
    assert missing == set(), f"orb/commands/{command}.yml does not carry it"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_parameter_is_used(command: str) -> None:
    """Each parameter of a command is used in one of its steps."""
    body = COMPONENTS[f"orb/commands/{command}.yml"]
    unused = [
        name
        for name in body.get("parameters", {})
        if f"<< parameters.{name} >>" not in str(body["steps"])
    ]
    assert unused == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_script_has_the_default_of_its_parameter(command: str) -> None:
    """A default in a script equals the parameter's default in the orb."""
    parameters = COMPONENTS[f"orb/commands/{command}.yml"].get("parameters", {})
    for variable, default in list_defaults(command):
        parameter = parameters.get(variable.removeprefix("DTE_").lower())
        if parameter is not None:
            file = f"scripts/{command}.py against orb/commands/{command}.yml"
            assert default == str(parameter["default"]), f"{variable}: {file}"


@pytest.mark.parametrize("file", [name for name in COMPONENTS if "/jobs/" in name])
def test_every_parameter_of_a_job_is_used(file: str) -> None:
    """Each parameter of a job is used in its executor, its steps or its keys."""
    body = COMPONENTS[file]
    rest = str({key: value for key, value in body.items() if key != "parameters"})
    unused = [
        name
        for name in body.get("parameters", {})
        if f"<< parameters.{name} >>" not in rest
    ]
    assert unused == []
