"""Only words that a shell can't execute are passed to later steps."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failures import UsageError, Refusal  # isort: skip
from bash_env import export, is_word, read_mode  # isort: skip

NAME = "DTE_HANDED_ON"


@given(st.text(alphabet="ab1./_-+@$`'\"\\;&|() \n=~*é", max_size=12))
def test_only_plain_words_reach_the_shell(text: str) -> None:
    """A shell that sources the file gets the word unchanged and runs nothing."""
    if not is_word(text):
        return
    script = f'export {NAME}={text}\nprintf %s "${NAME}"'
    done = subprocess.run(
        ["bash", "-ec", script], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == (text, "")


@pytest.mark.parametrize(
    "text",
    ["", "$(id)", "`id`", "a b", "a\nid", "a;id", "~", "-n", "é", "a'", "x" * 201],
)
def test_anything_else_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    """A value that isn't a plain word is refused, and nothing is written."""
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "env"))
    with pytest.raises(UsageError, match="not a plain word"):
        export({NAME: text})
    assert not (tmp_path / "env").exists()


def test_the_file_keeps_what_it_held(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """If the file's last line has no newline, `export` adds one before the new line."""
    file = tmp_path / "env"
    file.write_text("export A=1")
    monkeypatch.setenv("BASH_ENV", str(file))
    monkeypatch.setenv(NAME, "old")
    export({NAME: "new"})
    assert file.read_text() == f"export A=1\nexport {NAME}=new\n"


def test_a_file_that_can_t_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """If BASH_ENV can't be written, the error names the file and the fix."""
    monkeypatch.setenv("BASH_ENV", str(tmp_path / "missing" / "env"))
    with pytest.raises(Refusal, match="which can't be written: No such file") as error:
        export({NAME: "new"})
    assert "an existing folder" in str(error.value)


def test_an_unknown_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mode that dte never sets is a usage error."""
    monkeypatch.setenv("DTE_MODE", "on")
    with pytest.raises(UsageError, match="without_agents"):
        read_mode()
