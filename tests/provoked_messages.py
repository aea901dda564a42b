"""Fails a full run of the scripts' tests if they don't provoke every message.

A pytest plugin. `tests/scripts/recorder.py` writes the position of each message that a
script makes into one file, from all processes of pytest-xdist.
"""

from __future__ import annotations

import ast
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "scripts"
VARIABLE = "PROVOKED_MESSAGES"
MISSING = pytest.StashKey[list[str]]()


def list_failures(trees: dict[Path, ast.Module]) -> set[str]:
    """Return the names of `Refusal` and its subclasses."""
    names, before = {"Refusal"}, 0
    while len(names) > before:
        before = len(names)
        names |= {
            node.name
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and names & {getattr(base, "id", "") for base in node.bases}
        }
    return names


def list_messages(scripts: Path) -> Iterator[tuple[str, str]]:
    """Yield the position of each message as `module:line`, and a description."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(scripts.rglob("*.py"))
    }
    makers = {*list_failures(trees), "say"}
    for path, tree in trees.items():
        if path.stem == "failures":  # it only prints the messages of other modules
            continue
        name = path.relative_to(scripts.parent).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in makers:
                words = ast.unparse(node.args[0])
                yield f"{path.name}:{node.lineno}", f"{name}:{node.lineno}: {words}"


def ran_every_file(reporter: pytest.TerminalReporter) -> bool:
    """Return whether a test of each file in tests/scripts/ passed, without -k."""
    passed = {
        report.nodeid.partition("::")[0] for report in reporter.getreports("passed")
    }
    files = {path.relative_to(ROOT).as_posix() for path in TESTS.glob("test_*.py")}
    return not reporter.config.getoption("keyword") and files <= passed


def pytest_configure(config: pytest.Config) -> None:
    """Make the file before xdist starts processes, which inherit the file's path."""
    if VARIABLE not in os.environ:
        handle, os.environ[VARIABLE] = tempfile.mkstemp(prefix="dte-messages-")
        os.close(handle)
        config.add_cleanup(lambda: Path(os.environ.pop(VARIABLE)).unlink())


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail if any message of the scripts was not provoked."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or exitstatus != 0 or not ran_every_file(reporter):
        return
    made = set(Path(os.environ[VARIABLE]).read_text(encoding="utf-8").splitlines())
    messages = list_messages(ROOT / "scripts")
    missing = [words for place, words in messages if place not in made]
    if missing:
        session.config.stash[MISSING] = missing
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each message that no test provoked."""
    if missing := terminalreporter.config.stash.get(MISSING, []):
        terminalreporter.section("messages that no test in tests/scripts/ provokes")
        for words in missing:
            terminalreporter.write_line(words)
