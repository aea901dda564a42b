"""Every file of the repository follows the rules of CONTRIBUTING."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tooling.repository import ROOT, python_files, repository_files, text_files

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
GENERATED = {"package-lock.json", "go.sum"}

HOSTS = (
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "pypi." + "org",
    "python" + "hosted",
    "proxy." + "golang",
    "sum." + "golang",
    "crates." + "io",
    "repo." + "maven",
    "repo1." + "maven",
    "deb." + "debian",
)
HOME_FOLDER = re.compile(
    r"(?<![\w.~$}>])/(?:root/|(?:home|Users)/(?!circleci\b)[a-z][\w.-]*)"
)
INCLUDED = re.compile(r"include\(\.\./scripts/(?P<name>[\w-]+)\.(?:py|sh)\)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> Iterator[Function]:
    """Yield every function of a module, including methods and inner functions."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def test_no_python_file_is_longer_than_300_lines() -> None:
    """Each Python file has at most 300 lines."""
    long = [
        name
        for name, text in text_files()
        if name.endswith(".py") and text.count("\n") > LONGEST_FILE
    ]
    assert long == []


def test_no_function_is_longer_than_60_lines() -> None:
    """Each function has at most 60 lines."""
    long = [
        f"{name}: {function.name}"
        for name, tree in python_files()
        for function in functions(tree)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_is_named_after_what_it_does() -> None:
    """No module or folder has a name without meaning, such as utils."""
    vague = [
        str(path.relative_to(ROOT))
        for path in repository_files()
        if path.suffix == ".py"
        and EMPTY_NAMES & {part.removesuffix(".py") for part in path.parts}
    ]
    assert vague == []


def test_every_test_has_a_sentence() -> None:
    """Each test function has a docstring; `make spec` prints them."""
    silent = [
        f"{name}: {function.name}"
        for name, tree in python_files("tests/")
        for function in functions(tree)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_everything_public_has_a_docstring() -> None:
    """Each module, public class and public function of the code has a docstring."""
    silent = [
        f"{name}: {getattr(node, 'name', 'the module')}"
        for name, tree in python_files("dte/", "scripts/", "tools/")
        for node in [tree, *tree.body]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and not getattr(node, "name", "").startswith("_")
        and not ast.get_docstring(node)
        and (tree.body or not name.endswith("__init__.py"))
    ]
    assert silent == []


def test_no_script_contains_the_start_of_an_expression() -> None:
    """No script contains two less-than signs, which start an expression in a config."""
    marked = [
        name
        for name, text in text_files()
        if name.startswith("scripts/") and "<" * 2 in text
    ]
    assert marked == []


def test_no_file_names_a_package_registry() -> None:
    """No file names a package registry, so that a machine's mirror is always used."""
    naming = [
        f"{name}: {host}"
        for name, text in text_files()
        for host in HOSTS
        if host in text
    ]
    assert naming == []


def test_no_file_contains_a_path_of_one_machine() -> None:
    """No file contains the path of a home folder, except in CircleCI's images."""
    holding = [
        f"{name}: {found.group()}"
        for name, text in text_files()
        if Path(name).name not in GENERATED
        for found in HOME_FOLDER.finditer(text)
    ]
    assert holding == []


def test_every_script_of_a_command_exists_and_is_tested() -> None:
    """Each command has its script, and the script has tests under its own name."""
    commands = {path.stem for path in (ROOT / "orb" / "commands").glob("*.yml")}
    # The code of `unpack` is a shell script, which test_load.py tests.
    commands.remove("unpack")
    missing = [
        path
        for command in sorted(commands)
        for path in (f"scripts/{command}.py", f"tests/scripts/test_{command}.py")
        if not (ROOT / path).exists()
    ]
    assert missing == []
