"""No job that runs the user's packages sees the CircleCI token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dte.rehearse_config import Rehearsed, rehearse_text
from tests.end_to_end.fake_workflow import CONTEXT, ORBS, ROOT

EXAMPLES = sorted((ROOT / "orb" / "examples").glob("*.yml"))
TOKEN = CONTEXT["circleci-api"]["CIRCLE_TOKEN"]
# In one example, the test command writes a report, which the next step persists.
REPORT = 'case "$*" in *"playwright test"*) mkdir -p blob-report ;; esac\n'
SPY = "env -0 | tr '\\n\\0' ' \\n' >\"$(mktemp \"{log}/XXXXXX\")\"\n"


@pytest.fixture
def seen(tmp_path: Path, fakes: Path) -> Path:
    """The folder in which each call of a package manager writes its environment."""
    log = tmp_path / "seen"
    log.mkdir()
    for name in ("npm", "pnpm", "npx"):
        command = fakes.parent / name
        command.write_text(command.read_text() + REPORT + SPY.format(log=log))
    return log


def read_seen(seen: Path) -> str:
    """Return the environments of all recorded calls as one text."""
    return "".join(path.read_text() for path in seen.iterdir())


def rehearse_usage(folder: Path, usage: dict[str, Any]) -> Rehearsed:
    """Rehearse an example's config."""
    config = yaml.safe_dump(usage, sort_keys=False)
    project = folder / "project"
    (project / ".nx").mkdir(parents=True)
    (project / "nx.json").write_text("{}")
    (project / "pnpm-lock.yaml").write_text("")
    return rehearse_text(folder, config, orbs=ORBS, contexts=CONTEXT)


def read_usage(path: Path) -> dict[str, Any]:
    """Return the config of an example."""
    usage: dict[str, Any] = yaml.safe_load(path.read_text())["usage"]
    return usage


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_keeps_the_token_away(
    tmp_path: Path, seen: Path, path: Path
) -> None:
    """In a rehearsal of the example, npm and npx don't see the CircleCI token."""
    done = rehearse_usage(tmp_path, read_usage(path))
    statuses = {status for status in done.statuses().values() if status != "not_run"}
    assert statuses == {"success"}, done.heard.lines
    text = read_seen(seen)
    assert "NX_CLOUD_API=" in text
    assert TOKEN not in text
    assert "CIRCLE_TOKEN" not in text
    assert "CIRCLE_API_TOKEN" not in text


@pytest.mark.parametrize("job", ["dte/main", "dte/agent"])
def test_a_leaked_token_is_noticed(tmp_path: Path, seen: Path, job: str) -> None:
    """If a job gets the context by mistake, the fake npm records the CircleCI token."""
    usage = read_usage(ROOT / "orb" / "examples" / "whole_workflow.yml")
    jobs = usage["workflows"]["build"]["jobs"]
    for entry in jobs:
        if job in entry:
            entry[job]["context"] = "circleci-api"
    rehearse_usage(tmp_path, usage)
    assert f"CIRCLE_TOKEN={TOKEN}" in read_seen(seen).splitlines()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_only_two_jobs_have_the_context(path: Path) -> None:
    """In each example, only dte/attempt and dte/rerun_all have the context."""
    allowed = {"dte/attempt", "dte/rerun_all"}
    for workflow in read_usage(path)["workflows"].values():
        for job in workflow["jobs"]:
            if isinstance(job, dict):
                ((name, parameters),) = job.items()
                assert "context" not in parameters or name in allowed


def test_jobs_with_the_token_run_no_packages() -> None:
    """The two jobs with the token run no checkout, no npm and no npx."""
    for name in ("attempt", "rerun_all"):
        job = yaml.safe_load((ROOT / "orb" / "jobs" / f"{name}.yml").read_text())
        steps = [
            step if isinstance(step, str) else next(iter(step)) for step in job["steps"]
        ]
        assert set(steps) <= {"record_attempt", "rerun_all"}
    for name in ("record_attempt", "rerun_all"):
        text = (ROOT / "scripts" / f"{name}.py").read_text()
        assert "npx" not in text
        assert "subprocess" not in text
