"""The pages name the Nx versions that the code accepts and the tests use."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from dte.run.nx_version import OLDEST_MAJOR
from tests.end_to_end.test_no_false_green_with_nx import OLDEST as OLDEST_TESTED
from tests.end_to_end.test_nx_versions import OLDEST, VERSIONS
from tests.tooling.repository import ROOT

SAMPLE = json.loads((ROOT / "sample" / "package.json").read_text(encoding="utf-8"))
NEWEST = int(SAMPLE["devDependencies"]["nx"].partition(".")[0])


def read_page(name: str) -> str:
    """Return the text of a page, with its lines joined."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


@pytest.fixture
def oldest(monkeypatch: pytest.MonkeyPatch) -> int:
    """The oldest major version that the orb accepts."""
    monkeypatch.syspath_prepend(ROOT / "scripts" / "lib")
    version: int = importlib.import_module("nx_version").OLDEST_NX
    return version


def test_the_pages_name_the_oldest_version_of_the_orb(oldest: int) -> None:
    """Three pages name the oldest Nx version that the orb accepts."""
    assert f"dte needs Nx {oldest} or later" in read_page("README.md")
    assert f"dte needs Nx {oldest} or later" in read_page("docs/troubleshooting.md")
    assert f"refuses Nx older than {oldest}" in read_page("docs/init.md")


def test_the_pages_name_the_versions_of_the_rehearsal() -> None:
    """The pages name the code's oldest version of Nx and the sample's version."""
    [(first, last)] = re.findall(
        r"one release of each major version from (\d+) to (\d+)", read_page("README.md")
    )
    assert (int(first), int(last)) == (OLDEST_MAJOR, NEWEST)
    [row] = re.findall(
        r"\| Nx Cloud \| a local stand-in[^|]+", read_page("docs/rehearse.md")
    )
    assert f"Nx {OLDEST_MAJOR} or later" in row


def test_each_version_in_the_range_has_a_test(oldest: int) -> None:
    """Tests run each major version of Nx but the newest, which `make rehearse` runs."""
    majors = {int(version.partition(".")[0]) for version in VERSIONS}
    assert majors | {NEWEST} == set(range(OLDEST_MAJOR, NEWEST + 1))
    assert OLDEST.startswith(f"{OLDEST_MAJOR}.")
    assert OLDEST_TESTED.startswith(f"{oldest}.")
