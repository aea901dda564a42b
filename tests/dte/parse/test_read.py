"""The error for a file that can't be read as YAML text names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.errors import UserError
from dte.parse import read_text, read_yaml
from dte.parse.read import MAX_BYTES


def refusal(path: Path) -> str:
    """Return the message with which `path` is refused."""
    with pytest.raises(UserError) as caught:
        read_yaml(path)
    return str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    """The error for a missing file names it."""
    path = tmp_path / "config.yml"
    assert refusal(path) == f"{path}: no such file"


def test_a_folder(tmp_path: Path) -> None:
    """The error for a folder says that it is not a file."""
    assert refusal(tmp_path) == f"{tmp_path}: is a folder, not a file"


def test_a_path_no_file_can_have() -> None:
    """A path that the system refuses is a UserError too."""
    assert "can't be read" in refusal(Path("a\0b"))
    assert "can't be read" in refusal(Path("a" * 5000))


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    """The error names the line with the first byte that is not UTF-8."""
    path = tmp_path / "config.yml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    assert refusal(path) == f"{path}:2: not UTF-8 text"


def test_a_file_larger_than_any_config(tmp_path: Path) -> None:
    """A file larger than CircleCI accepts is refused."""
    path = tmp_path / "config.yml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert refusal(path) == f"{path}: larger than 8,388,608 bytes"


def test_text_comes_back_as_it_is(tmp_path: Path) -> None:
    """Line endings and byte order marks are kept, because scripts may contain them."""
    path = tmp_path / "x.sh"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\r")
    assert read_text(path).encode() == path.read_bytes()
