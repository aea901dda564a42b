"""No message without a test: the lists of messages are complete.

A script prints a message when it refuses, warns or falls back, and a test checks it.
Here the words are read out of the scripts, and looked for in the tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts.conftest import SCRIPTS

TESTS = Path(__file__).resolve().parent
SCRIPTS_HELD = ("record_attempt", "set_shas", "rerun_all")
MODULES = (
    *(
        "api_settings",
        "attempts",
        "record_files",
        "code_archive",
        "bases",
        "builds",
        "circleci",
        "git",
        "http_connection",
    ),
    *(
        "history",
        "passed_revisions",
        "pipelines",
        "revision_sources",
        "revisions",
        "search_settings",
        "workers",
    ),
    *("reruns", "rerun_request"),
)
FAILURES = ("Refusal", "UsageError", "NoBase", "ApiFailure", "DamagedRecord", "Nothing")
# Shorter ones are glue between what the placeholders hold.
SHORTEST = 8


def list_texts(node: ast.expr) -> list[str]:
    """The fixed pieces of the text that an expression builds."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [text for part in node.values for text in list_texts(part)]
    if isinstance(node, ast.BinOp):
        return list_texts(node.left) + list_texts(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return list_texts(node.func.value) if node.func.attr == "format" else []
    return []


def find_piece(node: ast.expr) -> str:
    """The longest piece of a message between its placeholders."""
    pieces = [
        piece
        for text in list_texts(node)
        for part in text.split("{")
        for piece in [part.rpartition("}")[2], *part.split("\n")]
        if "}" not in piece
    ]
    return max(pieces, key=len, default="").strip(" ,;:.(")


def list_messages(name: str) -> Iterator[tuple[str, str]]:
    """What the module refuses with or warns of, by its line."""
    tree = ast.parse((SCRIPTS / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = list_texts(node.args[0])
        warns = called == "say" and texts and texts[0].startswith("warning: ")
        piece = find_piece(node.args[0]).removeprefix("warning: ")
        if (called in FAILURES or warns) and len(piece) >= SHORTEST:
            yield f"{name}:{node.lineno}", piece


def list_words_of_tests() -> str:
    """Every text that stands in a test, or in a table of cases."""
    return "\n".join(
        node.value
        for path in sorted(TESTS.glob("*.py"))
        if path != Path(__file__).resolve()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


NAMES = (*SCRIPTS_HELD, *(f"lib/{name}" for name in MODULES))
MESSAGES = dict(pair for name in NAMES for pair in list_messages(name))


@pytest.fixture(scope="module")
def words() -> str:
    """The words of all tests, without the backslashes of their patterns."""
    return list_words_of_tests().replace("\\", "")


def test_the_messages_are_found() -> None:
    """The reading of the scripts finds messages of each kind."""
    assert len(MESSAGES) > 40
    assert "are not both revisions" in MESSAGES.values()
    assert any(
        "the ledger" in piece or "may count" in piece for piece in MESSAGES.values()
    )


@pytest.mark.parametrize("place", MESSAGES)
def test_a_test_holds_the_message(place: str, words: str) -> None:
    """The longest fixed piece of each message stands in a test."""
    assert MESSAGES[place] in words
