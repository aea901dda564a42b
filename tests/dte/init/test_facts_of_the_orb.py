"""The copies of the orb's facts in `dte init` agree with the orb."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from dte import locked_nx
from dte.init import nx_version, package_manager
from dte.init.ci_config import MANUAL, find_distribution
from dte.init.package_manager import LOCK_FILES, find_package_manager
from dte.init.targets import DEFAULT
from tests.tooling.repository import ROOT

Load = Callable[[str], ModuleType]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Return a function that imports a module of the orb's scripts."""
    monkeypatch.syspath_prepend(ROOT / "scripts" / "lib")
    return importlib.import_module


def test_the_default_targets_are_those_of_main() -> None:
    """`dte init` and dte/main have the same default for `targets`."""
    main = yaml.safe_load((ROOT / "orb" / "jobs" / "main.yml").read_text())
    assert main["parameters"]["targets"]["default"] == ",".join(DEFAULT)


def test_the_oldest_nx_is_that_of_the_orb(load: Load) -> None:
    """`dte init` refuses the same versions of Nx as the orb."""
    assert load("nx_version").OLDEST_NX == nx_version.OLDEST


def test_a_locked_nx_is_found_as_by_the_orb(load: Load) -> None:
    """`dte init` and the orb look in the same lock files, with the same patterns."""
    orb = load("nx_version")
    assert list(locked_nx._LOCKED.items()) == list(orb._LOCKED.items())


def test_the_lock_files_are_those_of_the_orb(load: Load) -> None:
    """The lock files, their order, and the form of packageManager are the same."""
    orb = load("package_managers")
    differ = "change scripts/lib/package_managers.py or dte/init/package_manager.py"
    assert list(LOCK_FILES.items()) == list(orb.LOCK_FILES.items()), differ
    assert package_manager._FIELD.pattern == orb._FIELD.pattern, differ


def test_the_package_manager_is_that_of_the_orb(load: Load, tmp_path: Path) -> None:
    """The orb's install chooses the same package manager as `dte init`."""
    orb = load("package_managers")
    fields = ("", "yarn@1.22.22", "yarn@4.1.0", "pnpm@9.1.0+sha512.a", "bun@^1", "x@1")
    texts = ("", "__metadata:\n")
    cases = [(f, n, t) for f in fields for n in LOCK_FILES for t in texts]
    for number, (field, name, text) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        package = {"packageManager": field}
        (folder / "package.json").write_text(json.dumps(package))
        (folder / name).write_text(text)
        found = find_package_manager(folder, package).value.partition("@")[0]
        assert found == orb.find_manager(folder), (field, name, text)


HOSTED = "distribute-on: 3 linux"
OVERRIDE = f"overrides:\n  e2e:\n    dte:\n      {HOSTED}\n"
OWN = "dte:\n  distribute-on: manual\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (OWN, MANUAL),
        (f"dte:\n  {HOSTED}\n", "3 linux"),
        (OWN + OVERRIDE, MANUAL),
        (OVERRIDE + OWN, MANUAL),
        (OVERRIDE, ""),
        (f"{OWN}other:\n  - {HOSTED}\n", "3 linux"),
        (f"{OWN}{HOSTED}\n", "3 linux"),
        ("dte:\n  distribute-on:\n    small: 3 linux\n", "(a list or mapping)"),
        ("dte:\n  distribute-on:\n", "(empty)"),
        ("dte:\n  distribute-on: 3\n", "3"),
        ("dte:\n  parallel: 3\n", ""),
        ("- a\n", ""),
    ],
)
def test_the_file_of_the_run_is_read_as_by_the_orb(
    text: str, value: str, load: Load, tmp_path: Path
) -> None:
    """The orb refuses a file exactly if `dte init` reports the file's value."""
    path = tmp_path / ".nx" / "ci-config.yaml"
    path.parent.mkdir()
    path.write_text(text)
    assert find_distribution(tmp_path).value == value
    try:
        load("ci_config").require_own_agents(path)
        is_refused = False
    except load("failures").Refusal:
        is_refused = True
    assert is_refused == (value not in ("", MANUAL))
