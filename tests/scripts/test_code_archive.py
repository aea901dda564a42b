"""The archive with dte's code: its bytes, and the job that builds it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.scripts.conftest import SCRIPTS
from tests.scripts.records import RunScript
from tests.scripts.step_job import CODE, FIRST, build_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive as the attempt job writes it, with this Python."""
    return build_archive(sys.executable, tmp_path_factory.mktemp("attempt"))


def list_pythons() -> list[str]:
    """Return the command of each working Python 3.8 or later on this machine."""
    commands = [shutil.which(f"python3.{minor}") or "" for minor in range(8, 20)]
    return [
        command
        for command in commands
        if command
        and not subprocess.run(
            [command, "-c", ""], check=False, capture_output=True
        ).returncode
    ]


def test_every_python_builds_the_same_bytes(tmp_path: Path, archive: bytes) -> None:
    """With any Python, the archive has the digest that the orb names."""
    for python in list_pythons():
        folder = tmp_path / Path(python).name
        folder.mkdir()
        assert build_archive(python, folder) == archive


def test_the_archive_is_plain_text(tmp_path: Path, archive: bytes) -> None:
    """The archive contains the repository's files without compression."""
    path = tmp_path / "code.pyz"
    path.write_bytes(archive)
    with zipfile.ZipFile(path) as opened:
        for entry in opened.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            (source,) = SCRIPTS.rglob(entry.filename)
            assert opened.read(entry) == source.read_bytes()


@pytest.mark.timeout(60)
def test_a_pipe_in_the_place_of_the_archive_is_replaced(tmp_path: Path) -> None:
    """The attempt job replaces a named pipe at the archive's path, and doesn't hang."""
    code = tmp_path / ".dte-attempt" / "code"
    code.mkdir(parents=True)
    os.mkfifo(code / f"{FIRST}-{CODE}.pyz")
    assert zipfile.is_zipfile(io.BytesIO(build_archive(sys.executable, tmp_path)))


@pytest.mark.parametrize("change", ["a byte", "none named"])
def test_the_attempt_job_refuses_code_that_changed_on_the_way(
    run_script: RunScript, tmp_path: Path, change: str
) -> None:
    """The attempt job fails if its code doesn't have the digest that the orb names."""
    named = {"a byte": "0" * 64, "none named": ""}[change]
    env = {"CIRCLE_WORKFLOW_ID": FIRST, "DTE_CODE": named, "DTE_ATTEMPTS": "a/b"}
    done = run_script("record_attempt", {**env, "DTE_CHECKOUT": str(tmp_path)})
    assert done.returncode == 1
    said = "the code in this step has the digest"
    assert f"{said} {CODE}, but the orb expects {named or 'none'}" in done.stderr
    assert not list(tmp_path.rglob("*.pyz"))
    assert not list(tmp_path.rglob(f"a/b/{FIRST}.json"))
