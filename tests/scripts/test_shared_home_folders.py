"""Jobs of one or of several workflows share a home folder, even at the same time."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from threading import Event, Timer

import pytest

from tests.scripts.conftest import SCRIPTS
from tests.scripts.step_job import CODE, FIRST, Job, build_archive

SECOND = "22222222-2222-4222-8222-222222222222"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The archive as the attempt job writes it."""
    return build_archive(sys.executable, tmp_path_factory.mktemp("attempt"))


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job whose workspace contains nothing yet."""
    return Job(tmp_path)


def list_attached(job: Job) -> tuple[Path, Path]:
    """Return the paths of this run's record and code in the attached workspace."""
    folder = job.home / ".dte"
    record = folder / "attempts" / f"{FIRST}.json"
    return record, folder / "code" / f"{FIRST}-{CODE}.pyz"


@pytest.mark.parametrize("state", ["cut", "empty", "missing"])
@pytest.mark.parametrize("index", [0, 1], ids=["record", "code"])
def test_a_guard_waits_for_the_attach_of_another_job(
    job: Job, archive: bytes, index: int, state: str
) -> None:
    """While another job of the workflow writes the attached files, the guard waits."""
    job.attach(archive)
    if state == "missing" and index:
        job.run("guard")  # An earlier job in this home folder has copied the archive.
    path = list_attached(job)[index]
    whole = path.read_bytes()
    path.unlink()
    if state != "missing":
        path.write_bytes(whole[: len(whole) // 2 if state == "cut" else 0])
    timer = Timer(0.3, path.write_bytes, [whole])
    timer.start()
    done = job.run("guard")
    timer.join()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"This is attempt 1 of workflow {FIRST}.\n"


def test_guards_with_one_process_id_share_a_home(job: Job, archive: bytes) -> None:
    """Containers that share a home folder may give their guards the same process id."""
    job.attach(archive)
    text = (SCRIPTS / "guard.sh").read_text(encoding="utf-8")
    assert "$$" in text
    one_id = ("bash", "-c", text.replace("$$", "1"))
    with ThreadPoolExecutor(6) as pool:
        guards = [pool.submit(job.run, "guard", interpreter=one_id) for _ in range(18)]
    assert [guard.result().stderr for guard in guards] == [""] * 18
    assert {entry.name for entry in os.scandir(job.home)} == {".dte", f".dte-{CODE}"}


@pytest.mark.parametrize("workflow_id", [FIRST, SECOND], ids=["full run", "partial"])
def test_code_that_can_t_be_kept_hides_no_refusal(
    job: Job, archive: bytes, workflow_id: str
) -> None:
    """If the guard can't keep a copy of the code, it still refuses a partial rerun."""
    job.attach(archive)
    job.kept.mkdir()
    done = job.run("guard", CIRCLE_WORKFLOW_ID=workflow_id)
    assert done.returncode == 1
    said = f" -> '{job.kept}'" if workflow_id == FIRST else "You reran only"
    assert said in done.stderr.splitlines()[0]


def test_a_later_step_does_not_read_what_other_jobs_attach(
    job: Job, archive: bytes
) -> None:
    """After the guard, a job runs its copy, even if the attached archive changes."""
    path = job.attach(archive)
    assert job.run("guard").returncode == 0
    for text in (b"", archive[:1000], b"other"):
        path.write_bytes(text)
        assert "`package_manager` is none" in job.run("run").stderr
    path.unlink()
    assert job.run("run").returncode == 0


def attach_again_and_again(job: Job, archive: bytes, ended: Event) -> int:
    """Attach the files slowly, again and again, until `ended`; return how often."""
    count = 0
    while not ended.wait(0.05):
        for path in list_attached(job):
            whole = archive if path.suffix == ".pyz" else path.read_bytes()
            with suppress(FileNotFoundError):
                path.unlink()
            with path.open("wb", buffering=0) as file:
                file.write(whole[: len(whole) // 2])
                ended.wait(0.002)
                file.write(whole[len(whole) // 2 :])
        count += 1
    return count


@pytest.mark.slow
def test_jobs_of_one_workflow_share_a_home(
    job: Job, archive: bytes, tmp_path: Path
) -> None:
    """Two agents and main pass while another job attaches the workspace repeatedly."""
    path = job.attach(archive)
    ended = Event()

    def run_job(name: str) -> list[CompletedProcess[str]]:
        role = "main" if name == "main" else "agent"
        path = str(tmp_path / name)
        return [
            job.run(script, DTE_ROLE=role, BASH_ENV=path)
            for script in ("guard", "run", "run")
        ]

    with ThreadPoolExecutor() as pool:
        other = pool.submit(attach_again_and_again, job, archive, ended)
        try:
            for _ in range(6):
                for steps in pool.map(run_job, ["main", "agent-1", "agent-2"]):
                    assert [done.returncode for done in steps] == [0, 0, 0], steps
        finally:
            ended.set()
        assert other.result() > 6
    assert path.read_bytes() == archive
    assert {entry.name for entry in os.scandir(job.home)} == {".dte", f".dte-{CODE}"}


def test_two_versions_of_the_orb_in_one_home(job: Job, archive: bytes) -> None:
    """Each version runs its own code, whichever was attached first."""
    for workflow_id in ("00000000", "ffffffff"):
        job.attach(b"raise SystemExit(9)", workflow_id=workflow_id, digest="0" * 64)
    job.attach(archive)
    assert job.run("guard").returncode == 0
    assert "`package_manager` is none" in job.run("run").stderr


def test_other_files_of_a_kept_home_do_no_harm(job: Job, archive: bytes) -> None:
    """A damaged archive of another pipeline does not stop this one."""
    job.attach(b"cut", workflow_id="00000000")
    job.attach(archive)
    job.attach(b"cut", workflow_id="ffffffff")
    assert job.run("guard").returncode == 0
    assert "`package_manager` is none" in job.run("run").stderr


def test_the_code_that_other_jobs_run_is_never_removed(
    job: Job, archive: bytes
) -> None:
    """Each guard renews the copy that all steps run, so no other guard removes it."""
    attached = job.attach(archive, workflow_id="00-first")
    job.kept.write_bytes(archive)
    unused = [job.home / f".dte-{'0' * 64}", job.home / f".dte-{CODE}.123"]
    strangers = [job.home / ".dte-lock", job.home / f"{CODE}.pyz"]
    for path in (*unused, *strangers):
        path.write_bytes(archive)
    job.attach(archive)
    for path in (attached, job.kept, *unused, *strangers):
        os.utime(path, (1, 1))
    assert job.run("guard").returncode == 0
    assert job.kept.read_bytes() == archive
    assert job.kept.stat().st_mtime > 1
    assert not any(path.exists() for path in (attached, *unused))
    assert all(path.exists() for path in strangers)


def test_old_files_of_a_kept_home_are_removed(job: Job, archive: bytes) -> None:
    """After 30 days the guard removes archives and records, and nothing else."""
    old = job.attach(archive, workflow_id="old")
    record = job.home / ".dte" / "attempts" / "old.json"
    stranger = job.home / ".dte" / "attempts" / "notes about.json"
    stranger.write_text("{}")
    job.attach(archive)
    recent = job.attach(archive, workflow_id="recent")
    for path in (old, record, stranger):
        os.utime(path, (1, 1))
    assert job.run("guard").returncode == 0
    assert not old.exists()
    assert not record.exists()
    assert stranger.exists()
    assert recent.exists()
