"""Each refusal of a config says what to write instead, or what to do next."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from dte.errors import UserError
from tests.configs import one_job
from tests.dte.compile.configs import compile_text
from tests.tooling.repository import python_files

FOLDERS = ("dte/parse/", "dte/pack/", "dte/compile/")


def test_every_refusal_has_a_suggestion() -> None:
    """Every error that the code raises for a config has a suggestion."""
    for path, tree in python_files(*FOLDERS):
        for node in ast.walk(tree):
            called = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and called in ("error_at", "UserError"):
                given = {word.arg: ast.unparse(word.value) for word in node.keywords}
                place = f"{path}:{node.lineno}"
                assert given.get("suggestions", "()") not in ("()", "[]"), place


JOB = "jobs: {build: {machine: true, steps: [checkout]}}"
STEP = "jobs:\n  build:\n    machine: true\n    steps:\n      - "


@pytest.mark.parametrize(
    ("part", "suggestion"),
    [
        (f"{STEP}run: {{name: {{{{ x }}}}, command: make}}", "begins with { in quotes"),
        (f"{STEP}run: a: b", 'contains ": " in quotes'),
        (f"{STEP}run: 'make", "Close the quote"),
        (f"{STEP}run: *x", "add &x above"),
        (f"{STEP}\t- checkout", "Replace tabs"),
        (
            f"{STEP}persist_to_workspace: {{root: ., paths: dist}}",
            'Write paths: ["dist"]',
        ),
        (f"{STEP}save_cache: {{key: a}}", "Write save_cache: {key: deps-v1, paths: "),
        (f"{STEP}checkout: {{method: ful}}", "Write method: full"),
        (f"{STEP}node/install", "Import the orb: orbs: {node: namespace/orb@version}"),
        (f"{STEP}run: << parameter.x >>", "Write << parameters.… >>"),
        ("commands: {Do_It: {steps: [checkout]}}", "Write do_it, and the same"),
        ("orbs: {node: 'circleci/node:7.1'}", "Write circleci/node@7.1"),
        ("orbs: {node: circleci/node}", "circleci/node@volatile"),
        ("orbs: {node: node}", "circleci/node@7.1"),
        ("jobs: {build: {docker: [cimg/go:1.2], steps: [checkout]}}", "image: cimg/go"),
        ("jobs: {build: {type: approve}}", 'Did you mean "approval"'),
        ("parameters: {on: {type: boolean}}", "Add default: true"),
        ("setup: please", "Write setup: true"),
    ],
)
def test_what_to_write_instead(part: str, suggestion: str, tmp_path: Path) -> None:
    """A suggestion contains the corrected form of the invalid text."""
    text = f"version: 2.1\n{part}\n"
    if not part.startswith("jobs"):
        text += f"{JOB}\n"
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path)
    assert suggestion in "\n".join(caught.value.suggestions)


@pytest.mark.parametrize(
    ("expression", "suggestion"),
    [
        ('pipeline.git.branch = "main"', "Write ==."),
        ("pipeline.git.branch && pipeline.git.tag", "Write and."),
        ("pipeline.git.branch || pipeline.git.tag", "Write or."),
        ("pipeline.git.branch =~ /main/", "Write matches."),
        ("!pipeline.git.branch", "Write not."),
        ("pipeline.git.branch and", 'An example: pipeline.git.branch == "main"'),
        ("pipeline.git.branch < 'x'", "Compare strings with"),
        ("(pipeline.git.branch", "Close the parenthesis"),
        ("pipeline.git.branch matches main", "matches /^main$/"),
    ],
)
def test_an_expression(expression: str, suggestion: str, tmp_path: Path) -> None:
    """An invalid expression gets a suggestion, such as the right operator."""
    quoted = json.dumps(expression)
    text = one_job("checkout").replace("    jobs:", f"    when: {quoted}\n    jobs:")
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path)
    assert suggestion in "\n".join(caught.value.suggestions)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """For a misspelled file, the nearest name in its folder is suggested."""
    (tmp_path / "node.yml").write_text("version: 2.1\n")
    config = "version: 2.1\norbs: {o: a/b@1}\nworkflows: {w: {jobs: [o/x]}}\n"
    with pytest.raises(UserError) as caught:
        compile_text(config, tmp_path, orbs={"a/b": tmp_path / "nod.yml"})
    assert caught.value.suggestions == ('Did you mean "node.yml"?',)
