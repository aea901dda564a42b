"""`make claim` sets the namespace in every file, and refuses an invalid namespace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tooling.releases import make_release
from tests.tooling.repository import ROOT, text_files
from tools.failures import ToolError
from tools.publishing.claim import claim
from tools.publishing.identity import PLACEHOLDER, read_identity


@pytest.mark.parametrize(
    "wanted", ["", "Acme", "acme/dte", "a b", "-acme", "acme-", "a" * 65, "$(touch x)"]
)
def test_an_invalid_namespace_is_refused(wanted: str, tmp_path: Path) -> None:
    """An invalid namespace changes nothing."""
    root = make_release(tmp_path)
    before = (root / "pyproject.toml").read_text()
    with pytest.raises(ToolError):
        claim(root, wanted)
    assert (root / "pyproject.toml").read_text() == before


@pytest.mark.parametrize("wanted", ["circleci", PLACEHOLDER])
def test_a_namespace_of_somebody_else_is_refused(wanted: str, tmp_path: Path) -> None:
    """CircleCI's own namespace and the placeholder are refused."""
    with pytest.raises(ToolError, match="belongs to somebody else"):
        claim(make_release(tmp_path), wanted)


def test_a_claim_changes_every_mention_of_the_orb(tmp_path: Path) -> None:
    """Examples, addresses and pyproject.toml contain the new namespace."""
    root = make_release(tmp_path)
    (root / "README.md").write_text("https://github.com/acme/dte and `acme/dte@1`.\n")
    assert claim(root, "zenith") == [
        "README.md",
        "orb/examples/greet.yml",
        "pyproject.toml",
    ]
    assert read_identity(root).namespace == "zenith"
    readme = (root / "README.md").read_text()
    assert readme == "https://github.com/zenith/dte and `zenith/dte@1`.\n"
    assert "dte: zenith/dte@1.0.0" in (root / "orb/examples/greet.yml").read_text()


def test_a_claim_leaves_python_files_as_ruff_would(tmp_path: Path) -> None:
    """A claim splits each line that becomes too long, so that lint still passes."""
    root = make_release(tmp_path)
    names = ", ".join(f'"{letter}"' for letter in "abcdefghijk")
    (root / "orbs.py").write_text(f'ORBS = ["acme/dte", {names}]\n')
    claim(root, "a-much-longer-namespace")
    text = (root / "orbs.py").read_text()
    assert text.startswith('ORBS = [\n    "a-much-longer-namespace/dte",\n')


def test_a_claim_leaves_other_orbs_alone(tmp_path: Path) -> None:
    """An orb whose name only begins or ends like dte's keeps its name."""
    root = make_release(tmp_path)
    text = "acme/dte-tools@1 my-acme/dte@1 acme/other@1\n"
    (root / "notes.md").write_text(text)
    claim(root, "zenith")
    assert (root / "notes.md").read_text() == text


def test_a_second_claim_replaces_the_first(tmp_path: Path) -> None:
    """A second claim replaces the namespace of the first claim."""
    root = make_release(tmp_path)
    claim(root, "zenith")
    claim(root, "apex")
    assert "zenith" not in (root / "orb/examples/greet.yml").read_text()


def test_every_example_imports_the_claimed_namespace() -> None:
    """Each example imports dte from the namespace in pyproject.toml."""
    here = read_identity(ROOT)
    for name, text in text_files():
        if name.startswith(("orb/examples/", "README", "sample/.circleci/")):
            assert f"/{here.orb}@" not in text.replace(
                f"{here.namespace}/{here.orb}@", ""
            )
