"""The README names every part of the orb, and its links work."""

import re
from pathlib import Path

import pytest

from tests.tooling.repository import ROOT

ROW = re.compile(r"^\|\s*`(?:dte/)?(?P<name>[a-z_]+)`\s*\|", re.MULTILINE)


def readme() -> str:
    """Return the text of the README."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def names_of(kind: str) -> set[str]:
    """Return the orb's components of one kind."""
    return {path.stem for path in (ROOT / "orb" / kind).glob("*.yml")}


@pytest.mark.parametrize("kind", ["commands", "jobs"])
def test_every_component_has_its_row(kind: str) -> None:
    """Each command and each job of the orb has a row in a table of the README."""
    assert names_of(kind) - {found["name"] for found in ROW.finditer(readme())} == set()


def test_every_parameter_of_a_job_is_named() -> None:
    """The README contains each parameter of each job as code."""
    missing = [
        f"{path.stem}: {name}"
        for path in sorted((ROOT / "orb" / "jobs").glob("*.yml"))
        for name in parameters_of(path)
        if f"`{name}`" not in readme()
    ]
    assert missing == []


def parameters_of(component: Path) -> list[str]:
    """Return the names of a component's parameters."""
    text = component.read_text(encoding="utf-8")
    block = re.search(r"^parameters:\n((?:[ ].*\n|\n)+)", text, re.MULTILINE)
    return re.findall(r"^  (\w+):", block[1], re.MULTILINE) if block else []


def test_every_example_is_named() -> None:
    """The README names each of the orb's examples."""
    section = readme().split("[examples](orb/examples)")[1].split("###")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert named == names_of("examples") - {"whole_workflow"}


def test_one_name_for_the_context_with_the_token() -> None:
    """The README, the pages and the examples use one name for the token's context."""
    files = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("orb/examples/*")]
    named = {
        name
        for path in files
        for name in re.findall(r"^ +context: (\S+)$", path.read_text(), re.MULTILINE)
    }
    assert named == {"circleci-api"}
