"""The commands of a job's steps decide whether it is main or an agent."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.check.config import check_config
from dte.model import PipelineValues

CONFIG = """\
version: 2.1
jobs:
  agent:
    machine: true
    steps: [run: npx nx-cloud start-agent]
  other:
    machine: true
    environment: {{SWITCH: "x"{environment}}}
    steps: [run: {command!r}]
workflows:
  build:
    jobs: {jobs}
"""
SWITCH = ', NX_CLOUD_DISTRIBUTED_EXECUTION: "true"'
START = "npx nx-cloud start-ci-run"


def role_of(folder: Path, command: str, environment: str, jobs: str) -> str:
    """Return the role of the job `other`."""
    path = folder / "config.yml"
    text = CONFIG.format(command=command, environment=environment, jobs=jobs)
    path.write_text(text)
    checked = check_config(path, orbs={}, pipeline=PipelineValues())
    (flow,) = checked.workflows
    roles = {"main": flow.mains, "agent": flow.agents, "hosted": flow.hosted}
    found = [r for r, jobs in roles.items() if "other" in {job.name for job in jobs}]
    return " ".join(found)


@pytest.mark.parametrize(
    ("command", "environment", "role"),
    [
        (f"{START} --distribute-on=manual", "", "main"),
        (f"{START} --distribute-on manual", "", "main"),
        (START, "", "main"),
        (f"{START} --distribute-on='3 linux-medium-js'", "", "hosted"),
        (f"{START} --distribute-on=.nx/sizes.yaml", "", "hosted"),
        (f"{START} --no-distribution", "", ""),
        (f"{START} --distribute-on=false", "", ""),
        (f"{START} --distribute-on=$AGENTS", "", "main"),
        ("npx nx start-nx-agents", "", "main"),
        ("npx nx affected -t test", SWITCH, "main"),
        ("npx nx affected -t test", "", ""),
        ("npx nx-cloud stop-all-agents", SWITCH, ""),
        ("npx nx-cloud start-agent", SWITCH, "agent"),
        ("npx nx start-agent --targets=e2e", "", "agent"),
    ],
)
def test_the_role_of_a_job(
    command: str, environment: str, role: str, tmp_path: Path
) -> None:
    """In a workflow with agents, a start without --distribute-on makes a job main."""
    assert role_of(tmp_path, command, environment, "[agent, other]") == role


def test_a_start_without_agents(tmp_path: Path) -> None:
    """In a workflow without agents, a start without --distribute-on makes no main."""
    assert role_of(tmp_path, START, "", "[other]") == ""


@pytest.mark.parametrize(
    ("content", "role"),
    [
        ("dte: {distribute-on: manual}", "main"),
        ("dte: {distribute-on: 3 linux-medium-js}", "hosted"),
        ("dte: {distribute-on: {small: 1 a}}", "hosted"),
        ("dte: {distribute-on: false}", ""),
        ("dte: {distribute-on: none}", ""),
        ("dte: {distribute-on: }", "main"),
        ("lifecycle: {}", "main"),
        ("not: [valid", "main"),
    ],
)
def test_a_start_with_a_file(content: str, role: str, tmp_path: Path) -> None:
    """`.nx/ci-config.yaml` decides who runs the tasks after start-nx-agents."""
    (tmp_path / ".nx").mkdir()
    (tmp_path / ".nx" / "ci-config.yml").write_text(content)
    assert role_of(tmp_path, "npx nx start-nx-agents", "", "[agent, other]") == role
