"""Secrets and control sequences in the output of steps."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dte.run.redact import Redactor, list_secrets
from dte.run.sanitize import strip_colors, strip_controls
from tests.configs import one_job
from tests.dte.commands import make_project, run_in


def redact(lines: list[str], *secrets: str) -> list[str]:
    """Return the lines with each secret redacted."""
    redactor = Redactor(list_secrets(secrets))
    ready = [clean for line in lines for clean in redactor.feed(line)]
    return ready + list(redactor.flush())


@pytest.mark.parametrize(
    ("lines", "redacted"),
    [
        (["it is hunter2!"], ["it is ****!"]),
        (["hun\x1b[31mter2"], ["****"]),
        (["hun\x1b]0;title\x07ter2"], ["****"]),
        (["hun\x08\x00ter2"], ["****"]),
        (["a hun", "ter2 b"], ["a ****", "**** b"]),
        (["h", "unte", "r2"], ["****", "****", "****"]),
        (["hun", "dred"], ["hun", "dred"]),
        (["hunter2hunter2"], ["****"]),
        (["", "x"], ["", "x"]),
    ],
)
def test_a_secret_is_redacted(lines: list[str], redacted: list[str]) -> None:
    """A secret is found even if escape sequences or line endings interrupt it."""
    assert redact(lines, "hunter2") == redacted


def test_a_secret_of_several_lines() -> None:
    """Each long line of a secret is redacted, and also all its lines joined."""
    key = "-----BEGIN-----\nabcdefgh\nx\n"
    assert redact(["abcdefgh", "x"], key) == ["****", "x"]
    assert redact(["-----BEGIN-----abcdefghx"], key) == ["****"]


@given(
    st.lists(st.text(alphabet="abc", max_size=6), max_size=8),
    st.lists(st.text(alphabet="abc", min_size=4, max_size=8), max_size=3),
)
def test_no_secret_survives(lines: list[str], secrets: list[str]) -> None:
    """No line is lost, and no secret is left, even if the lines are joined."""
    redacted = redact(lines, *secrets)
    assert len(redacted) == len(lines)
    joined = "".join(redacted)
    assert not any(secret in joined for secret in secrets)


def test_values_that_are_too_short_are_not_secret() -> None:
    """As on CircleCI, short values, `true` and `false` are not redacted."""
    assert list_secrets(["abc", "true", "false", "", "abcd"]) == ("abcd",)


@given(st.text())
def test_nothing_but_colors_is_left(text: str) -> None:
    """Of all control characters, only color sequences and tabs are left."""
    plain = strip_colors(strip_controls(text))
    assert not any(
        ord(letter) < 32 and letter != "\t" for letter in plain.replace("\n", "")
    )
    assert "\x7f" not in plain


def test_control_sequences_are_removed() -> None:
    """Titles, cursor movements and overwritten text are removed, colors are kept."""
    line = "\x1b]0;title\x07\x1b[2J\x1b[1;31mred\x1b[0m\x1b[5A\x1bc\x9b3J\ta"
    assert strip_controls(line) == "\x1b[1;31mred\x1b[0m3J\ta"
    assert strip_controls("10%\r100%\r") == "100%"


def test_secrets_are_in_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret from a file or the environment is in no log and no report."""
    step = "run: {name: A, command: 'echo it is $ONE $TWO $THREE; exit 1'}"
    config = one_job(step).replace("[build]", "[build: {context: ci}]")
    project = make_project(tmp_path / "project", config)
    (project / "vars").write_text("# Comment\nexport ONE='secret one'\n")
    (project / "ci").write_text('TWO="secret two"\n')
    words = ("--env-file", "vars", "--context-file", "ci=ci", "--context", "ci:THREE")
    report = ("--report", "../report.json", "--timeline", "../t.svg", "--verbose")
    done = run_in(
        project, monkeypatch, "rehearse", *words, *report, THREE="secret three"
    )
    assert "it is **** **** ****" in done.stdout
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    texts = [path.read_text() for path in written if path.parent != project]
    assert any("it is **** **** ****" in text for text in texts)
    assert "secret " not in "".join([done.output, *texts])
