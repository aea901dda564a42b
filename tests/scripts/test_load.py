"""A step loads its program from its own variables or from the workspace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.refusal import REFUSAL
from tests.scripts.conftest import SCRIPTS
from tests.scripts.records import RunScript
from tests.scripts.step_job import CODE, FIRST, Job, build_archive
from tests.scripts.test_code_archive import list_pythons

from failures import PAGE  # isort: skip

SECOND = "22222222-2222-4222-8222-222222222222"
NO_RECORD = (
    "error: the workspace contains no attempt record: add requires: [dte/attempt]; if "
    "it expired, push a commit"
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose workspace contains nothing yet."""
    return Job(tmp_path)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive as the attempt job writes it, with this Python."""
    return build_archive(sys.executable, tmp_path_factory.mktemp("attempt"))


def test_the_guard_runs_from_the_archive(job: Job, archive: bytes) -> None:
    """With the archive and the record of this run, the guard passes."""
    job.attach(archive)
    done = job.run("guard")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"This is attempt 1 of workflow {FIRST}.\n"


def test_a_partial_rerun_uses_the_archive_of_the_first_run(
    job: Job, archive: bytes
) -> None:
    """In a partial rerun, the guard runs from the first run's archive and refuses."""
    job.attach(archive)
    done = job.run("guard", CIRCLE_WORKFLOW_ID=SECOND)
    assert done.returncode == 1
    assert done.stderr.startswith(REFUSAL)
    assert "export DTE_MODE=refused" in job.exported


def test_a_full_rerun_clashes_with_nothing(job: Job, archive: bytes) -> None:
    """The archives of two runs have different names in one folder."""
    job.attach(archive)
    job.attach(archive, workflow_id=SECOND)
    assert job.run("guard", CIRCLE_WORKFLOW_ID=SECOND).returncode == 0
    assert len(list((job.home / ".dte" / "code").iterdir())) == 2


@pytest.mark.parametrize(
    ("switch", "value"),
    [("DTE_ROLE", "main"), ("DTE_RERUN_GUARD", "off"), ("DTE_PARTIAL_RERUN", "allow")],
)
@pytest.mark.parametrize("folders", [False, True])
def test_without_an_archive_the_guard_says_why(
    job: Job, folders: bool, switch: str, value: str
) -> None:
    """After an expired workspace or a failed attach, the guard's own message
    appears, and the job fails even if the guard is off."""
    if folders:
        (job.home / ".dte" / "code").mkdir(parents=True)
    job.variables[switch] = value
    done = job.run("guard")
    assert done.returncode == 1
    assert done.stderr == f"{NO_RECORD}\nReference: {PAGE}#no-record\n"
    assert "export DTE_MODE=refused" in job.exported


def test_both_messages_without_a_record_suggest_the_same(
    run_script: RunScript, job: Job, tmp_path: Path
) -> None:
    """guard.sh and rerun_guard.py suggest the same two fixes, with the same link."""
    error, reference = job.run("guard").stderr.splitlines()
    env = {"CIRCLE_WORKFLOW_ID": FIRST, "DTE_ATTEMPTS": str(tmp_path / "none")}
    without_record = run_script("rerun_guard", env).stderr
    assert without_record.splitlines()[-1] == reference
    for fix in ("add requires: [dte/attempt]", "push a commit"):
        assert fix in error
        assert fix in without_record


@pytest.mark.parametrize("program", ["guard", "run"])
def test_changed_code_is_never_run(job: Job, archive: bytes, program: str) -> None:
    """If one byte is added, the step names both digests and doesn't run the code."""
    path = job.attach(archive + b"\n")
    job.kept.write_bytes(archive + b"\n")
    done = job.run(program)
    assert done.returncode == 1
    assert done.stdout == ""
    assert CODE in done.stderr
    (found,) = subprocess.run(
        ["sha256sum", path], capture_output=True, text=True, check=True
    ).stdout.split()[:1]
    assert found in done.stderr


def test_code_of_another_version_is_never_run(job: Job, archive: bytes) -> None:
    """If dte/attempt is from another version of the orb, the guard names that cause."""
    job.attach(archive + b"#", digest="0" * 64)
    done = job.run("guard")
    assert done.returncode == 1
    assert f", not {CODE}: use one orb version\n" in done.stderr
    assert done.stderr.endswith(f"\nReference: {PAGE}#digest\n")


@pytest.mark.timeout(60)
def test_a_pipe_among_the_archives_blocks_no_step(job: Job, archive: bytes) -> None:
    """A named pipe in the place of an archive or of the copy is never opened."""
    code = job.attach(archive).parent
    pipes = [code / f"{name}-{CODE}.pyz" for name in ("0", SECOND)]
    for pipe in (*pipes, code / f"{FIRST}-other", job.kept):
        os.mkfifo(pipe)
    done = job.run("guard")
    assert (done.returncode, done.stderr) == (0, "")
    assert job.run("run").returncode == 0


@pytest.mark.timeout(60)
def test_a_pipe_in_the_place_of_the_code_is_a_missing_record(job: Job) -> None:
    """If the archive is a pipe, the guard reports a missing record and doesn't hang."""
    (job.home / ".dte" / "code").mkdir(parents=True)
    os.mkfifo(job.home / ".dte" / "code" / f"{FIRST}-{CODE}.pyz")
    done = job.run("guard")
    assert done.returncode == 1
    assert "contains no attempt record" in done.stderr


def test_a_later_step_without_a_guard_says_what_is_missing(job: Job) -> None:
    """Without the archive, a step says that `dte/rerun_guard` must be put first."""
    done = job.run("run")
    assert (done.returncode, done.stdout) == (1, "")
    message, reference = done.stderr.splitlines()
    assert message == "error: put dte/rerun_guard first in this job"
    assert reference.endswith("/docs/troubleshooting.md#guard")


def test_a_later_step_stays_quiet_after_a_refusal(job: Job) -> None:
    """After a refusal without an archive, a step that always runs prints nothing."""
    done = job.run("run", DTE_MODE="refused", DTE_PROGRAM="fix_ci")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_later_step_stays_quiet_without_python(job: Job, archive: bytes) -> None:
    """After a refusal in an image without python3, the later steps print nothing."""
    job.attach(archive)
    job.path = str(job.bin)
    (job.bin / "python3").unlink()
    done = job.run("run", interpreter=("/bin/bash",), DTE_MODE="refused")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_later_step_works_in_the_checkout(job: Job, archive: bytes) -> None:
    """The program runs its command in the folder in which the step started."""
    job.kept.write_bytes(archive)
    assert job.run("run", DTE_INSTALL="touch here").returncode == 0
    assert (job.checkout / "here").exists()


def test_another_cd_does_not_hide_the_checkout(job: Job, archive: bytes) -> None:
    """If BASH_ENV replaces `cd`, the program still runs in the checkout."""
    job.kept.write_bytes(archive)
    (job.home / "bash_env").write_text(
        'cd() { builtin cd "$HOME"; builtin cd "$1"; }\n'
    )
    assert job.run("run", DTE_INSTALL="touch here").returncode == 0
    assert (job.checkout / "here").exists()


def link_tools(job: Job) -> None:
    """Link the tools that every image has into the folder on the job's PATH."""
    for name in ("cat", "sleep"):
        (job.bin / name).symlink_to(str(shutil.which(name)))


@pytest.mark.parametrize("name", ["sha256sum", "shasum"])
def test_either_tool_for_digests_will_do(job: Job, archive: bytes, name: str) -> None:
    """The digest is computed with sha256sum or, as on macOS, with shasum."""
    job.attach(archive)
    job.path = str(job.bin)
    link_tools(job)
    tool = job.bin / name
    real = shutil.which("sha256sum")
    script = f'#!/bin/bash\n[ "$1" != -a ] || shift 2\nexec {real} "$@"\n'
    tool.write_text(script)
    tool.chmod(0o755)
    assert job.run("guard", interpreter=("/bin/bash",)).returncode == 0
    assert job.run("run", interpreter=("/bin/bash",)).returncode == 0


def test_without_a_tool_for_digests_nothing_runs(job: Job, archive: bytes) -> None:
    """Code that can't be checked is not run."""
    job.attach(archive)
    job.path = str(job.bin)
    link_tools(job)
    done = job.run("guard", interpreter=("/bin/bash",))
    assert done.returncode == 1
    assert "has the digest unreadable, not " in done.stderr


def test_a_full_home_is_not_called_a_missing_record(job: Job, archive: bytes) -> None:
    """If the archive can't be copied, the log has the reason above dte's message."""
    job.attach(archive)
    (job.bin / "cat").write_text("#!/bin/sh\necho 'cat: disk full' >&2; exit 1\n")
    (job.bin / "cat").chmod(0o755)
    done = job.run("guard")
    assert done.returncode == 1
    assert done.stderr.startswith("cat: disk full\n")
    assert "has the digest unreadable, not " in done.stderr


@pytest.mark.parametrize("attached", [True, False])
def test_a_missing_python_is_named(job: Job, archive: bytes, attached: bool) -> None:
    """Without python3 the guard says how to install it, with and without an archive."""
    if attached:
        job.attach(archive)
    (job.bin / "python3").unlink()
    (job.bin / "sha256sum").symlink_to(str(shutil.which("sha256sum")))
    link_tools(job)
    job.path = str(job.bin)
    done = job.run("guard", interpreter=("/bin/bash",))
    assert done.returncode in (1, 127)
    assert "error: python3 does not start: use an image with it" in done.stderr
    assert done.stderr.endswith(f"\nReference: {PAGE}#python3\n")


def test_bash_loads_the_carried_modules(job: Job) -> None:
    """`unpack` writes every module; its folder is removed when the program ends."""
    program = "import word, other\n\ndef main():\n    print(word.WORD + other.WORD)\n"
    modules = {
        path.stem: path.read_text()
        for path in (
            SCRIPTS / "__main__.py",
            SCRIPTS / "lib" / "begin.py",
            SCRIPTS / "lib" / "failures.py",
        )
    }
    modules |= {"p": program, "word": "WORD = 'lo'", "other": "WORD = 'aded'"}
    carried: dict[str, Any] = {f"DTE_MODULE_{name}": modules[name] for name in modules}
    assert job.run("unpack", **carried).returncode == 0
    words = job.exported.split("DTE_UNPACKED=")
    folder = Path(words[-1].strip())
    assert {path.stem for path in folder.iterdir()} == set(modules)
    done = job.run("run_unpacked", DTE_PROGRAM="p", DTE_UNPACKED=str(folder))
    assert (done.stdout, done.returncode) == ("loaded\n", 0)
    assert not folder.exists()


def test_the_guard_runs_with_every_python(job: Job, archive: bytes) -> None:
    """Each Python on this machine, from 3.8 on, runs the same archive."""
    job.attach(archive)
    for python in list_pythons():
        (job.bin / "python3").unlink()
        (job.bin / "python3").symlink_to(python)
        assert job.run("guard").stdout == f"This is attempt 1 of workflow {FIRST}.\n"
        refused = job.run("guard", CIRCLE_WORKFLOW_ID=SECOND, BASH_ENV="")
        assert refused.stderr.startswith(REFUSAL)
        assert "`package_manager` is none" in job.run("run").stderr


def test_a_program_that_was_not_unpacked_is_named(job: Job) -> None:
    """If the program was not unpacked, the message names the command to add."""
    done = job.run("run_unpacked", DTE_PROGRAM="set_shas")
    assert done.returncode != 0
    assert "run dte/unpack in the step before this one" in done.stderr
    assert "/docs/troubleshooting.md#unpack" in done.stderr
