"""The orb's scripts in other shells, and where its programs import modules."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.scripts.conftest import SCRIPTS
from tests.scripts.step_job import Job, build_archive


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose workspace contains nothing yet."""
    return Job(tmp_path)


def write_plain_shell(folder: Path) -> str:
    """Make a POSIX shell, even if this machine's sh is bash."""
    plain = folder / "plain"
    plain.write_text('#!/bin/sh\nunset BASH_VERSION\neval "$3"\n')
    plain.chmod(0o755)
    return str(plain)


@pytest.mark.parametrize("script", ["guard", "unpack"])
def test_a_shell_that_is_not_bash_is_refused(
    job: Job, tmp_path: Path, script: str
) -> None:
    """If /bin/sh is dash or busybox, the message says how to get bash."""
    job.attach(build_archive(sys.executable, tmp_path))
    done = job.run(script, interpreter=(write_plain_shell(tmp_path),))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error: dte needs bash, but this job's image does not"
    )
    assert "apk add bash" in done.stderr
    assert "Illegal option" not in done.stderr


@pytest.mark.parametrize("script", ["guard", "run"])
def test_dash_understands_what_bash_does(job: Job, tmp_path: Path, script: str) -> None:
    """Without an archive, a POSIX shell prints the same message as bash."""
    said = job.run(script, interpreter=(write_plain_shell(tmp_path),)).stderr
    assert said == job.run(script).stderr


BASH_4 = re.compile(
    r"mapfile|readarray|coproc|(declare|local|typeset) -[a-zA-Z]*[Ang]|\|&|&>>|"
    r"\$\{[^}]*(\^|,,|@[QEPAaU])|;;?&|printf '?%\(|\[\[ -v|\{fd\}|wait -n|"
    r"\$\{[^}]*: -|shopt -s (globstar|lastpipe)|BASHPID|EPOCHSECONDS"
)


@pytest.mark.parametrize(
    "text",
    [
        "mapfile -t a",
        "declare -A b",
        "echo ${a^}",
        "echo ${b,,}",
        "c |& d",
        "[[ -v e ]]",
    ],
)
def test_what_needs_bash_4_is_found(text: str) -> None:
    """The search finds each construct that needs bash 4."""
    assert BASH_4.search(text)


@pytest.mark.parametrize(
    "path", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name
)
def test_the_shell_texts_need_no_bash_4(path: Path) -> None:
    """The shell scripts work with bash 3.2, the version of macOS."""
    lines = path.read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if not line.startswith("#")]
    assert [line for line in code if BASH_4.search(line)] == []


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.py")), ids=lambda it: it.stem)
def test_a_program_imports_all_it_needs_at_its_start(path: Path) -> None:
    """No function imports a module, since another job may have replaced the archive."""
    late = [
        node.lineno
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, (ast.FunctionDef, ast.ClassDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert late == []
