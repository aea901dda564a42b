"""`circleci tests`, `circleci env subst` and `circleci run` inside a job."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from dte.run.environment_cli import find_files, main, translate
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text

FILES = ("a.test.js", "b.test.js", "src/a.test.js", "src/deep/b.test.ts", "src/.x.js")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with some files of increasing size."""
    for size, name in enumerate(FILES):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * 10**size)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (["*.js"], ["a.test.js", "b.test.js"]),
        (["**/*.js"], ["a.test.js", "b.test.js", "src/.x.js", "src/a.test.js"]),
        (["src/**/*.{js,ts}"], ["src/.x.js", "src/a.test.js", "src/deep/b.test.ts"]),
        (["[ab].test.js", "a.*"], ["a.test.js", "b.test.js"]),
        (["[!a].test.js"], ["b.test.js"]),
        (["src/?eep/*"], ["src/deep/b.test.ts"]),
        (["none/*"], []),
    ],
)
def test_glob(folder: Path, patterns: list[str], found: list[str]) -> None:
    """Patterns as in CircleCI's documentation find each file once, in order."""
    assert list(find_files(patterns)) == found
    absolute = [f"{folder}/{pattern}" for pattern in patterns]
    assert list(find_files(absolute)) == [f"{folder}/{name}" for name in found]


@pytest.mark.parametrize(
    "pattern", ["[", "{", "}", "a{b", "[]", "[!]", "(a", "a\\b", "a,b"]
)
def test_odd_patterns_are_harmless(pattern: str) -> None:
    """A pattern with incomplete syntax matches itself."""
    assert translate(pattern).fullmatch(pattern)


def run(
    monkeypatch: pytest.MonkeyPatch, *words: str, given: str = "", **env: str
) -> int:
    """Run the command in this process, with `given` on stdin."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return main(words)


@pytest.mark.parametrize("words", [(), ("--split-by=timings",)])
def test_split_by_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    """Each name goes to one node; --split-by=timings prints that it has no data."""
    parts = []
    for index in ("0", "1"):
        env = {"CIRCLE_NODE_INDEX": index, "CIRCLE_NODE_TOTAL": "2"}
        run(monkeypatch, "tests", "split", *words, given="c\nb a\n", **env)
        printed = capsys.readouterr()
        parts.append(printed.out.split())
        assert ("no timing data" in printed.err) is bool(words)
    assert parts == [["a", "c"], ["b"]]


def test_split_by_size(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `filesize`, the nodes get about the same number of bytes."""
    given = "\n".join(FILES)
    words = ("tests", "split", "--split-by=filesize", "--total", "2", "--index")
    run(monkeypatch, *words, "0", given=given)
    assert capsys.readouterr().out.split() == ["src/.x.js"]
    run(monkeypatch, *words, "1", given=given)
    assert len(capsys.readouterr().out.split()) == 4


def test_subst(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Variables are replaced in an argument or in stdin, and unset ones are empty."""
    run(monkeypatch, "env", "subst", "$A ${A} ${B:-b} $B.", A="1")
    assert capsys.readouterr().out == "1 1 b .\n"
    run(monkeypatch, "env", "subst", given='{"a": "$A"}')
    assert capsys.readouterr().out == '{"a": "1"}'


@pytest.mark.parametrize(
    ("words", "code"), [(("release", "log", "x"), 0), (("oidc", "get"), 1)]
)
def test_what_only_circleci_does_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
) -> None:
    """Deploy markers pass with a notice; a request for an OIDC token fails."""
    assert run(monkeypatch, "run", *words) == code
    assert f"Not rehearsed: circleci run {words[0]}" in capsys.readouterr().err


def test_a_job_splits_its_tests(tmp_path: Path) -> None:
    """In a parallel job, each machine runs its own tests, and a halt ends the job."""
    command = (
        "touch {a,b,c}.spec; circleci tests glob '*.spec' | "
        "circleci tests run --command='xargs echo machine $CIRCLE_NODE_INDEX:'"
    )
    done = rehearse_text(
        tmp_path,
        one_job(
            f'run: {{name: A, command: "{command}"}}',
            "run: {name: B, command: circleci-agent task halt}",
            "run: {name: C, command: exit 1}",
            more="parallelism: 2",
        ),
    )
    assert sorted(done.lines("build")) == [
        "machine 0: a.spec c.spec",
        "machine 1: b.spec",
    ]
    assert done.statuses() == {"build": "success"}


def test_a_failed_test_fails_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tests run` has its command's exit code; without tests, no command runs."""
    assert run(monkeypatch, "tests", "run", "--command=exit 3", given="a") == 3
    assert run(monkeypatch, "tests", "run", "--command=exit 3", given="") == 0


def test_an_unknown_command_is_refused() -> None:
    """An unknown command is a usage error that names it."""
    script = Path(sys.modules[main.__module__].__file__ or "")
    done = subprocess.run(
        [sys.executable, "-I", script, "config"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "config" in done.stderr
