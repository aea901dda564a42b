"""If a change needs several files, a test here names each file that was forgotten.

CONTRIBUTING lists these changes. For step types, see
`tests/dte/compile/test_step_kinds.py`; for parameters, `tests/orb/test_parameters.py`;
for messages, `tests/provoked_messages.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from dte.compile.step_kinds import KINDS
from dte.nx_cloud.faults import CLOUD_FAULTS, Faults
from dte.order.faults import API_FAULTS
from tests.tooling.repository import ROOT
from tools.reference import read_components

import package_managers  # isort: skip

COMPONENTS = {
    f"orb/{kind}/{name}.yml": body
    for kind in ("commands", "jobs")
    for name, body in read_components(ROOT / "orb", kind).items()
}
PARAMETERS = {
    name for body in COMPONENTS.values() for name in body.get("parameters", ())
}
MANAGERS = {*package_managers.INSTALLS}


def read_words(paths: Iterable[Path]) -> set[str]:
    """Return the words in the files, where a word may contain hyphens."""
    return {
        word
        for path in paths
        for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("parameters", PARAMETERS),
        ("faults", {*CLOUD_FAULTS, *API_FAULTS}),
        ("kinds of steps", {*KINDS}),
        ("package managers", MANAGERS),
    ],
)
def test_the_changelog_has_every_name(what: str, names: set[str]) -> None:
    """The changelog names each parameter, fault, step type and package manager."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    quoted = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", text))))
    assert sorted(names - quoted) == [], f"add these {what} to CHANGELOG.md"


@pytest.mark.parametrize("file", [name for name in COMPONENTS if "/commands/" in name])
def test_a_test_sets_every_parameter(file: str) -> None:
    """A test of the scripts sets the variable of each command parameter."""
    text = (ROOT / file).read_text(encoding="utf-8")
    variables = set(re.findall(r"(DTE_\w+): << parameters\.", text))
    missing = variables - read_words((ROOT / "tests" / "scripts").glob("*.py"))
    test = f"tests/scripts/test_{Path(file).stem}.py"
    assert sorted(missing) == [], f"set these in {test}"


def test_every_fault_has_a_name_and_an_effect() -> None:
    """Each stand-in uses exactly the faults that are declared for it."""
    routes = (ROOT / "dte/circleci_api/routes.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(api-[\w-]+)"', routes))
    missing = sorted(set(API_FAULTS) - read)
    assert missing == [], "break the API for these in dte/circleci_api/routes.py"
    assert sorted(read - set(API_FAULTS)) == [], "add these to dte/order/faults.py"
    state = (ROOT / "dte/nx_cloud/state.py").read_text(encoding="utf-8")
    used = set(re.findall(r"self\.faults\.(\w+)", state))
    known = {field.name for field in fields(Faults)}
    assert sorted(known - used) == [], "read these in dte/nx_cloud/state.py"
    assert sorted(used - known) == [], "add these to dte/nx_cloud/faults.py"


def test_every_fault_is_injected_by_a_test() -> None:
    """Each name of `--fault` occurs in a test."""
    tests = ROOT / "tests"
    words = read_words([*tests.glob("dte/**/*.py"), *tests.glob("end_to_end/**/*.py")])
    missing = sorted(set(API_FAULTS) - words)
    assert missing == [], "inject these in tests/dte/circleci_api/test_api.py"
    missing = sorted(CLOUD_FAULTS.keys() - words)
    assert missing == [], "inject these in tests/dte/nx_cloud/test_server.py"


def test_the_orb_offers_every_package_manager() -> None:
    """The orb's enum and the scripts' table contain the same package managers."""
    command = COMPONENTS["orb/commands/install.yml"]["parameters"]["package_manager"]
    offered = {*command["enum"]} - {package_managers.AUTO, package_managers.NONE}
    assert sorted(MANAGERS - offered) == [], "add these to orb/commands/install.yml"
    missing = sorted(offered - MANAGERS)
    assert missing == [], "add these to scripts/lib/package_managers.py"
    tested = read_words([ROOT / "tests/scripts/test_install.py"])
    assert sorted(MANAGERS - tested) == [], (
        "test these in tests/scripts/test_install.py"
    )
