"""Files of variables."""

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.order.env_file import read_env_file


def test_the_variables_of_a_file(tmp_path: Path) -> None:
    """Comments, quotes, escapes and `export` are read as in `.env` files."""
    (tmp_path / ".env").write_text(
        '# A comment\n\nA=1\nexport B = two words \nC=\'#$X\'\nD="a\\nb\\""\nE=\n'
    )
    assert read_env_file(tmp_path / ".env") == {
        "A": "1",
        "B": "two words",
        "C": "#$X",
        "D": 'a\nb"',
        "E": "",
    }


def test_a_bad_line_is_named_without_its_text(tmp_path: Path) -> None:
    """An error gives only the number of an invalid line, which may contain a secret."""
    (tmp_path / ".env").write_text("A=1\nmy secret\n")
    with pytest.raises(UserError, match=r"\.env:2: ") as caught:
        read_env_file(tmp_path / ".env")
    assert "secret" not in caught.value.message
