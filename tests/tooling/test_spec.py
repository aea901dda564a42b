"""`make spec` prints the tests' sentences."""

from pathlib import Path

import pytest

from tools.spec import list_sentences, print_specification


def test_the_specification_lists_each_test_s_first_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's title comes first, then one line for each test."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_door.py").write_text(
        '"""Doors."""\n'
        'def test_a() -> None:\n    """A door\n    opens.\n\n    Details."""\n'
        'def helper() -> None:\n    """Not a test."""\n'
        'def test_b() -> None:\n    """And shuts."""\n'
    )
    print_specification(folder)
    printed = capsys.readouterr().out
    assert (
        printed == "\ntests/test_door.py: Doors.\n  - A door opens.\n  - And shuts.\n"
    )


def test_a_test_without_a_sentence_is_shown_as_one() -> None:
    """A missing docstring is visible in the specification."""
    assert list(list_sentences("def test_a() -> None: ...")) == ["(no docstring)"]
