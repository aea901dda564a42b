"""Each page's links work, its configs compile, and its messages exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dte.bundled_orb import add_bundled_orb
from dte.commands.rehearse import command as rehearse
from dte.compile import compile_config
from dte.model import PipelineValues
from tests.tooling.repository import ROOT, python_files

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
CONFIG = re.compile(r"^```yaml\n(version: 2\.1\n.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TROUBLESHOOTING = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


def list_configs() -> Iterator[tuple[str, str]]:
    """Yield each whole config of a page, with a name for the test."""
    for page in PAGES:
        for found in CONFIG.finditer(page.read_text(encoding="utf-8")):
            line = page.read_text(encoding="utf-8").count("\n", 0, found.start())
            yield f"{page.name}:{line + 1}", found[1]


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {text.strip().replace(" ", "-") for text in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_relative_link_works(page: Path) -> None:
    """A link names a file that exists, and a heading of that file."""
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize(
    "text",
    [text for _, text in list_configs()],
    ids=[name for name, _ in list_configs()],
)
def test_every_config_compiles(text: str, tmp_path: Path) -> None:
    """A config that a reader copies from a page compiles without a change."""
    path = tmp_path / "config.yml"
    path.write_text(text, encoding="utf-8")
    orbs = add_bundled_orb({}, path)
    compiled = compile_config(path, orbs=orbs, pipeline=PipelineValues(branch="main"))
    assert compiled.workflows
    # dte's own configs use expressions in filters.
    assert "filters" not in {note.code for note in compiled.notes}


def list_texts() -> set[str]:
    """Return every string in the code of the scripts and of the command."""
    shell = {path.read_text() for path in (ROOT / "scripts").glob("*.sh")}
    return shell | {
        node.value
        for _, tree in python_files("scripts/", "dte/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def list_messages() -> list[str]:
    """Return the messages of dte that the pages on refusals and troubleshooting
    explain.
    """
    refused = (ROOT / "docs" / "refused.md").read_text(encoding="utf-8")
    table = refused.split("| message | cause | fix |")[1]
    of_guard = re.findall(r"^\| ([^|,]+?)(?:, [^|]*)? \|", table, re.MULTILINE)
    assert of_guard[0] == "---"
    scripts = TROUBLESHOOTING.split("## Messages of dte\n")[1].split("\n## ")[0]
    command = TROUBLESHOOTING.split("## Messages of the command `dte`\n")[1]
    rows = re.findall(r"^\| (.+?) \|", command, re.MULTILINE)[2:]
    return re.findall(r"^### (.+)$", scripts, re.MULTILINE) + rows + of_guard[1:]


@pytest.mark.parametrize("message", list_messages())
def test_every_explained_message_exists(message: str) -> None:
    """Each message that a page explains exists in the code, in the same words."""
    words = message.removeprefix("the command git ")
    found = any(words in " ".join(text.split()) for text in list_texts())
    assert found, "reword it in docs/refused.md or docs/troubleshooting.md"


def test_the_readme_lists_the_options_of_rehearse() -> None:
    """The table has each option of the command, and no other."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("| option | what it does |")[1].split("\n\n")[0]
    cells = re.findall(r"^\| (.+?`) \|", table, re.MULTILINE)
    listed = {option for cell in cells for option in re.findall(r"--[\w-]+", cell)}
    options = {
        name
        for option in rehearse.params
        if isinstance(option, click.Option)
        for name in option.opts
    }
    assert listed == options
