"""Each page's links work, its configs compile, and its messages exist."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path

import click
import pytest

from dte.bundled_orb import add_bundled_orb
from dte.cli import main
from dte.commands.rehearse import command as rehearse
from dte.compile import compile_config
from dte.model import PipelineValues
from dte.pack import pack_orb
from tests import transcripts
from tests.docs.pages import PAGES, Block, list_blocks, list_texts
from tests.tooling.repository import ROOT, name_of

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TROUBLESHOOTING = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


CONFIGS = list(list_blocks("yaml"))
ORB_FILE = "    # the content of dist/orb.yml, indented\n"


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page: its own, and GitHub's for its headings."""
    page_text = page.read_text(encoding="utf-8")
    headings = HEADING.findall(page_text)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    own = re.findall(r'<a id="([^"]+)"></a>', page_text)
    return {text.strip().replace(" ", "-") for text in words} | set(own)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_relative_link_works(page: Path) -> None:
    """Each link leads to an existing file, and to an existing anchor in that file."""
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("block", CONFIGS, ids=str)
def test_every_config_compiles(block: Block, tmp_path: Path) -> None:
    """Each YAML block is a complete config, which can be copied as it is."""
    packed = f"    {json.dumps(pack_orb(ROOT / 'orb'))}\n"
    path = tmp_path / "config.yml"
    path.write_text(block.text.replace(ORB_FILE, packed), encoding="utf-8")
    compiled = compile_config(
        path,
        orbs=add_bundled_orb({}, path),
        pipeline=PipelineValues(branch="main"),
        stub_missing_orbs="https://orbs.example.com/" in block.text,
    )
    assert compiled.workflows
    # Configs of dte use expressions in filters, so they don't get this note.
    assert "filters" not in {note.code for note in compiled.notes}


def test_every_kind_of_block_is_checked() -> None:
    """Each code block has a known language or, if it is a transcript, none."""
    known = {"yaml", "sh", "toml", "json", "text", ""}
    assert {block.kind for block in list_blocks(*known)} == known
    fences = sum(len(re.findall(r"(?m)^ *```", page.read_text())) for page in PAGES)
    assert 2 * len(list(list_blocks(*known))) == fences


def test_every_transcript_is_written_by_a_test() -> None:
    """tests/transcripts.py names each block without a language, and a test compares it
    with what a command prints."""
    places = Counter(block.page for block in list_blocks(""))
    named = {
        name: value
        for name, value in vars(transcripts).items()
        if isinstance(value, transcripts.Transcript)
    }
    assert Counter(name_of(one.page) for one in named.values()) == places
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert {name for name in named if f"{name}.check(golden" not in tests} == set()


def list_commands() -> list[tuple[str, str]]:
    """Return each line of the shell blocks, with the block that it is in."""
    return [
        (str(block), line)
        for block in list_blocks("sh")
        for line in block.text.replace("\\\n", " ").splitlines()
        if line.strip() and not line.startswith("#")
    ]


@pytest.mark.parametrize(
    ("block", "line"), list_commands(), ids=[block for block, _ in list_commands()]
)
def test_every_command_exists(block: str, line: str) -> None:
    """`dte` has each command and option on the pages, and make has each target."""
    words = shlex.split(line, comments=True)
    if words[0] == "dte":
        command = main.get_command(click.Context(main), words[1])
        assert command is not None
        command.make_context(words[1], words[2:])
    elif words[0] == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert f".PHONY: {words[1]}\n" in makefile
    else:
        # Third-party tools: test_commands.py lists the tests that run them.
        tools = {
            ".tools/bin/circleci",
            "git",
            "pip",
            "cd",
            "export",
            "circleci",
            "npm",
            "npx",
        }
        assert Path(words[0]).name in tools, f"{block}: no test runs this: {line}"


def test_every_page_is_linked_from_the_readme() -> None:
    """The README links to every page."""
    readme = ROOT / "README.md"
    linked = {
        (ROOT / target.partition("#")[0]).resolve()
        for target in LINK.findall(readme.read_text(encoding="utf-8"))
    }
    lost = [name_of(page) for page in PAGES if page not in linked | {readme}]
    assert lost == []


def list_messages() -> list[str]:
    """Return the messages of dte that the pages explain: the headings of the page on
    troubleshooting, and the first cells of tables about messages, without messages of
    Nx and CircleCI."""
    own = TROUBLESHOOTING.split("## Messages of Nx and CircleCI\n")
    pages = [page.read_text(encoding="utf-8") for page in PAGES]
    tables = [
        row
        for page in [*(page for page in pages if page != TROUBLESHOOTING), *own[1:]]
        for table in re.findall(r"^\| message \|.*\n\|.*\n((?:\|.*\n)+)", page, re.M)
        for row in re.findall(r"^\| ([^|,]+?)(?:, [^|]*)? \|", table, re.M)
    ]
    foreign = re.findall(r"^\| (.+?) \|", own[1].split("\n## ")[0], re.M)
    headings = re.findall(r"^### (.+)$", own[0], re.MULTILINE)
    return headings + [row for row in tables if row not in foreign]


@pytest.mark.parametrize("message", list_messages())
def test_every_explained_message_exists(message: str) -> None:
    """Each message that a page explains exists in the code, in the same words."""
    words = message.removeprefix("the command git ")
    files = {" ".join(text.split()): file for text, file in list_texts().items()}
    found = any(words in text for text in files)
    assert found, f"change {' or '.join(find_files(message, files))}"


def find_files(message: str, files: Mapping[str, str]) -> list[str]:
    """Return the pages that explain a message, and the file of the most similar text.

    `files` maps each text of the code to its file.
    """
    explained = re.compile(rf"^(### |\| ){re.escape(message)}", re.MULTILINE)
    pages = [name_of(page) for page in PAGES if explained.search(page.read_text())]
    nearest = max(files, key=lambda text: measure_overlap(message, text))
    return [*pages, files[nearest]]


def measure_overlap(one: str, other: str) -> int:
    """Return the number of characters of the longest text that both texts contain."""
    return SequenceMatcher(None, one, other, False).find_longest_match().size


def test_a_reworded_message_is_found() -> None:
    """If a message and its explanation differ, the failure names both files."""
    message = list_messages()[0]
    texts = {"another text": "scripts/a.py", f"{message} now": "scripts/b.py"}
    assert find_files(message, texts) == ["docs/troubleshooting.md", "scripts/b.py"]


def test_the_page_lists_the_options_of_rehearse() -> None:
    """The table in docs/rehearse.md lists exactly the options of `dte rehearse`."""
    page = (ROOT / "docs" / "rehearse.md").read_text(encoding="utf-8")
    table = page.split("| option | what it does |")[1].split("\n\n")[0]
    cells = re.findall(r"^\| (.+?`) \|", table, re.MULTILINE)
    listed = {option for cell in cells for option in re.findall(r"--[\w-]+", cell)}
    options = {
        name
        for option in rehearse.params
        if isinstance(option, click.Option)
        for name in option.opts
    }
    assert listed == options
