"""Every string parameter of a job, with a value that contains shell code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.errors import UserError
from tests.end_to_end.fake_workflow import ROOT, make_jobs, rehearse_jobs

HOSTILE = "\"'; touch pwned; $(touch pwned) `touch pwned` \\\n--x || touch pwned #"
JOBS = {"agent": "dte/agent-1", "main": "dte/main", "attempt": "dte/attempt"}
# CircleCI itself reads this parameter when it compiles the config.
READ_BY_CIRCLECI = "no_output_timeout"


def list_texts() -> list[tuple[str, str]]:
    """Return each job of the orb with each of its string parameters."""
    texts = []
    for job in JOBS:
        source = yaml.safe_load((ROOT / "orb" / "jobs" / f"{job}.yml").read_text())
        for name, parameter in source["parameters"].items():
            if parameter["type"] == "string" and name != READ_BY_CIRCLECI:
                texts.append((job, name))
    return texts


def make_hostile_jobs(job: str, parameter: str) -> list[Any]:
    """Return the workflow's jobs, one of them with a hostile value."""
    jobs = make_jobs(agents=1)
    for entry in jobs:
        for name, parameters in entry.items():
            if name == f"dte/{job}":
                parameters[parameter] = HOSTILE
    return jobs


@pytest.mark.slow
@pytest.mark.parametrize(("job", "name"), list_texts())
def test_no_text_is_run_as_code(
    tmp_path: Path, fakes: Path, job: str, name: str
) -> None:
    """The job uses the value unchanged or refuses it with a message; no code runs."""
    done = rehearse_jobs(tmp_path, make_hostile_jobs(job, name))
    talk = "\n".join(line for _, _, line in done.heard.lines)
    assert not list(tmp_path.rglob("*pwned*")), talk
    assert "Traceback" not in talk
    failed = done.job(JOBS[job]).status == "failed"
    assert not failed or "error:" in "\n".join(done.lines(JOBS[job])), talk


@pytest.mark.parametrize("job", ["agent", "main"])
def test_an_invalid_timeout_is_refused_at_once(
    tmp_path: Path, fakes: Path, job: str
) -> None:
    """An invalid no_output_timeout is refused before any job starts."""
    jobs = make_hostile_jobs(job, READ_BY_CIRCLECI)
    with pytest.raises(UserError, match=READ_BY_CIRCLECI):
        rehearse_jobs(tmp_path, jobs)
