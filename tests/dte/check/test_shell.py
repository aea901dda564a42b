"""The commands of a shell script are found without running it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.check.shell import read_commands


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("npx nx test", ["npx nx test"]),
        ("a 'b c' \"d e\" f\\ g", ["a|b c|d e|f g"]),
        ("a && b || c; d & e | f", ["a", "b", "c", "d", "e", "f"]),
        ("a \\\n  b", ["a b"]),
        ("a # b\nc#d", ["a", "c#d"]),
        ("echo ${x#y} z", ["echo ${x#y} z"]),
        ("if a; then b; else c; fi", ["a", "b", "c"]),
        ("x=$(a b)", ["a b"]),
        ("cat <<EOF\nnpx nx test\nEOF\nb", ["cat", "b"]),
        ("a > file 2>&1 b", ["a b"]),
        ("echo 'npx nx\ntest' c", ["echo|npx nx\ntest|c"]),
        ("a 'unclosed", ["a unclosed"]),
    ],
)
def test_the_commands_of_a_script(script: str, expected: list[str]) -> None:
    """Quotes, operators, comments, here-documents and redirections are understood."""
    found = [command.words for command in read_commands(script)]
    wanted = [tuple(text.split("|" if "|" in text else None)) for text in expected]
    assert [words for words in found if words] == wanted


def test_variables_in_front_of_a_command() -> None:
    """An assignment belongs to the command after it, or is a command of its own."""
    first, second = read_commands('A=1 B="x y" npx nx test\nC=2')
    assert (first.assignments, first.words[0]) == ({"A": "1", "B": "x y"}, "npx")
    assert (second.assignments, second.words) == ({"C": "2"}, ())


def test_lines_are_counted() -> None:
    """A command has the right line, also after continued lines and here-documents."""
    script = "a\n\nb \\\n c\ncat <<X\nno\nX\nd 'x\ny'\ne"
    lines = {command.words[0]: command.line for command in read_commands(script)}
    assert lines == {"a": 0, "b": 2, "cat": 4, "d": 7, "e": 9}


@pytest.mark.parametrize(
    ("script", "ignored"),
    [
        ("a || true", True),
        ("a || :", True),
        ("a || exit 0", True),
        ("set +e\na", True),
        ("set +ex\na", True),
        ("set +e\na\nexit $?", False),
        ("set +e\nset -e\na", False),
        ("a || exit 1", False),
        ("a || b", False),
        ("a && true", False),
        ("a", False),
    ],
)
def test_a_failure_that_is_ignored(script: str, ignored: bool) -> None:
    """A failure is ignored only if the script always continues after the failure."""
    found = next(c for c in read_commands(script) if c.words == ("a",))
    assert found.ignored is ignored


@given(st.text())
def test_any_text_can_be_read(script: str) -> None:
    """Any text can be read, and the line of each command exists in the text."""
    for command in read_commands(script):
        assert 0 <= command.line <= script.count("\n")
