"""Jobs run only the code whose digest the orb names."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.configs import config_of_orb
from tests.dte.rehearse_config import Rehearsed, rehearse_text
from tests.end_to_end.fake_workflow import ORBS, ROOT, make_jobs, rehearse_jobs
from tests.end_to_end.faults.row import GUARD
from tests.scripts.step_job import CODE
from tools.carried_code import build_code


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A copy of the orb in which one script has an additional comment."""
    copy = tmp_path / "other"
    for name in ("orb", "scripts"):
        shutil.copytree(ROOT / name, copy / name)
    script = copy / "scripts" / "rerun_guard.py"
    script.write_text(script.read_text() + "# x\n")
    return copy / "orb"


def rehearse_with(folder: Path, other: Path) -> Rehearsed:
    """Rehearse this orb's main after the attempt job of another version."""
    jobs = [{"other/attempt": {}}, {"dte/main": {"requires": ["other/attempt"]}}]
    config = config_of_orb(jobs).replace("orbs:\n", "orbs:\n  other: some/dte@2.0.0\n")
    return rehearse_text(folder, config, orbs={**ORBS, "some/dte": other})


def test_a_byte_that_changed_in_the_orb_fails_the_first_job(
    tmp_path: Path, fakes: Path, other: Path
) -> None:
    """If its archive has another digest, the attempt job fails, and no job follows."""
    done = rehearse_with(tmp_path, other)
    assert done.job("other/attempt").failed_step == "Record the attempt"
    assert done.statuses()["dte/main"] == "not_run"
    said = "\n".join(done.lines("other/attempt"))
    assert f"but the orb expects {CODE}" in said
    assert "report a defect of dte" in said


def test_main_refuses_the_code_of_another_version(
    tmp_path: Path, fakes: Path, other: Path
) -> None:
    """Main fails before the checkout, and names both digests and the likely cause."""
    scripts = other.parent / "scripts"
    digest = hashlib.sha256(build_code(scripts)).hexdigest()
    (scripts / "code.sha256").write_text(digest)
    assert digest != CODE
    done = rehearse_with(tmp_path, other)
    assert done.statuses()["other/attempt"] == "success"
    assert done.job("dte/main").failed_step == GUARD
    said = f"error: dte's code has the digest {digest}, not {CODE}: "
    assert said + "use one orb version" in done.lines("dte/main")


@pytest.mark.parametrize(
    ("job", "place", "step"),
    [
        ("agent", "setup", "Install packages"),
        ("main", "after_install", "Set NX_BASE and NX_HEAD"),
    ],
)
def test_code_that_packages_change_is_not_run(
    tmp_path: Path, fakes: Path, job: str, place: str, step: str
) -> None:
    """Each step after the guard checks the digest again, including set_shas in main."""
    change = 'echo "# x" >>~/.dte-"$CODE"'
    environment = {"CODE": CODE}
    run = {"name": "Change", "command": change, "environment": environment}
    parameters: Any = {job: {place: [{"run": run}]}}
    done = rehearse_jobs(tmp_path, make_jobs(agents=0, **parameters))
    assert done.job(f"dte/{job}").failed_step == step
    said = next(line for line in done.lines(f"dte/{job}") if "changed to" in line)
    assert f".dte-{CODE} changed to " in said
    assert said.endswith("; put dte/rerun_guard first in this job")


def test_another_attach_after_the_guard_changes_nothing(
    tmp_path: Path, fakes: Path
) -> None:
    """A job runs its own copy of the code, even if the attached archives change."""
    change = "for file in ~/.dte/code/*; do : >$file; done"
    setup = [{"run": {"name": "Attach again", "command": change}}]
    jobs = make_jobs(agent={"setup": setup}, main={"setup": setup})
    done = rehearse_jobs(tmp_path, jobs)
    assert set(done.statuses().values()) == {"success"}, done.heard.lines
