"""No text uses a word that CONTRIBUTING's glossary replaces."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tooling.repository import ROOT, text_files

REPLACED = {
    r"mend(s|ed|ing|able)?": "fix",
    r"comma lists?": "comma-separated list",
    r"goes before": "takes precedence",
    r"used wrongly": "usage error",
    r"in full(?! if)": "full SHA",
    r"time-outs?": "timeout",
    r"cannot|can not": "can't",
    r"(at|from) a desk|at home": "locally",
    r"told both ways": "ambiguous in CircleCI's documentation",
    r"turn(s|ed)? round": "flip",
    r"of one's own": "self-hosted, or your own",
    r"blotted out": "redacted",
    r"for want of": "without",
    r"in vain": "without success",
    r"says so": "the message itself",
    r"a fault of ours": "defect of dte",
    r"line ends(?! with)": "line endings",
    r"calls of nx": "Nx calls",
    r"(behavi|col|fav|hon)our\w*|cancell(ed|ing)|licence": "the American spelling",
    r"(normal|optim|organ|recogn|summar)is(e[sd]?|ing|ation)": "the American spelling",
}
GLOSSARY = re.compile(r"^## Words\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
GENERATED = {"package-lock.json", "go.sum", "go.mod", "configs.yml"}


def find_words(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the words and the replacement of each replaced wording."""
    for pattern, replacement in REPLACED.items():
        spaced = pattern.replace(" ", r"[\s#*\"']+")
        for found in re.finditer(rf"(?<![a-z])(?:{spaced})(?![a-z])", text, re.I):
            line = text.count("\n", 0, found.start()) + 1
            yield line, " ".join(found[0].split()), replacement


def test_no_text_uses_a_replaced_word() -> None:
    """No file uses a replaced word; a failure names the file, line and right word."""
    hits = [
        f"{name}:{line}: {words!r}, use {replacement!r}"
        for name, text in text_files()
        if Path(name).name not in GENERATED | {Path(__file__).name}
        for line, words, replacement in find_words(GLOSSARY.sub("", text))
    ]
    assert hits == []


@pytest.mark.parametrize(
    "text",
    [
        "Mend it.",
        "base.mend",
        "a comma\n    # list",
        "It CANNOT run.",
        "after its time-out",
        "a Behaviour",
    ],
)
def test_a_replaced_word_is_found(text: str) -> None:
    """Case, punctuation and line breaks do not hide a word."""
    assert len(list(find_words(text))) == 1


@pytest.mark.parametrize("text", ["We recommend it.", "A timeout.", "an amendment"])
def test_other_words_are_allowed(text: str) -> None:
    """A word that only contains a replaced word isn't a hit."""
    assert list(find_words(text)) == []


def test_the_glossary_lists_what_the_test_looks_for() -> None:
    """The test finds the wrong words of all ten rows of CONTRIBUTING's glossary."""
    glossary = GLOSSARY.search((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert glossary is not None
    rows = [line.split("|")[3] for line in glossary[0].splitlines() if "|" in line][2:]
    assert len(rows) == 10
    assert [row for row in rows if not list(find_words(row))] == []
