"""The interface that 1.0 promises: parameters compile to the intended config."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.compile import compile_config
from dte.model import PipelineValues
from dte.pack import pack_orb
from tests.configs import config_of_orb
from tests.tooling.repository import ROOT
from tools.reference import read_components

JOBS = read_components(ROOT / "orb", "jobs")
ENUMS = [
    (f"{kind}/{name}", parameter, value)
    for kind in ("jobs", "commands", "executors")
    for name, body in read_components(ROOT / "orb", kind).items()
    for parameter, definition in body.get("parameters", {}).items()
    for value in definition.get("enum", ())
]
# This many lines fit above a step's output in the web app without much scrolling.
LONGEST_COMMAND = 36


def compile_job(folder: Path, name: str, **arguments: Any) -> dict[str, Any]:
    """Return the compiled job `name` of a workflow with the README's `requires`."""
    upstream = {"dte/attempt": [], "dte/rerun_all": [{"dte/main": "failed"}]}
    names = {"dte/attempt": {}, "dte/main": {}, name: arguments}
    jobs = [
        {job: {"requires": upstream.get(job, ["dte/attempt"]), **names[job]}}
        for job in names
    ]
    path = folder / "config.yml"
    path.write_text(config_of_orb(jobs))
    orbs = {"your-namespace/dte": ROOT / "orb"}
    compiled = compile_config(path, orbs=orbs, pipeline=PipelineValues())
    job: dict[str, Any] = compiled.document["jobs"][name]
    return job


@pytest.mark.parametrize(("component", "parameter", "value"), ENUMS)
def test_an_enum_needs_no_quotes(component: str, parameter: str, value: Any) -> None:
    """YAML 1.1 reads each enum value as a string, unlike `off` or `1`."""
    assert isinstance(value, str), component
    assert yaml.safe_load(f"{parameter}: {value}") == {parameter: value}


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_can_have_circleci_s_addresses(name: str, tmp_path: Path) -> None:
    """`circleci_ip_ranges` sets the job's key of the same name, by default to false."""
    job = compile_job(tmp_path, f"dte/{name}", circleci_ip_ranges=True)
    assert job["circleci_ip_ranges"] is True
    job = compile_job(tmp_path, f"dte/{name}")
    assert job["circleci_ip_ranges"] is False


@pytest.mark.parametrize("name", ["agent", "main"])
def test_the_user_s_steps_have_their_places(name: str, tmp_path: Path) -> None:
    """`checkout`, `setup`, the install and `after_install` run in this order."""
    own = {
        key: [{"run": {"name": key, "command": "true"}}]
        for key in ("checkout", "setup", "after_install")
    }
    steps = compile_job(tmp_path, f"dte/{name}", **own)["steps"]
    names = [step.get("run", {}).get("name") for step in steps if step != "checkout"]
    wanted = ["Refuse a partial rerun", "checkout", "setup", "Install packages"]
    places = [names.index(each) for each in (*wanted, "after_install")]
    assert places == sorted(places)
    assert "checkout" not in steps
    assert "checkout" in compile_job(tmp_path, f"dte/{name}")["steps"]


def test_the_command_above_a_step_s_output_is_short() -> None:
    """A command is short, because the web app shows all its lines above the output."""
    packed: Any = pack_orb(ROOT / "orb")
    commands = [
        step["run"]["command"]
        for command in packed["commands"].values()
        for step in command["steps"]
        if isinstance(step, dict) and "run" in step
    ]
    assert len(commands) > 10
    assert max(len(text.splitlines()) for text in commands) <= LONGEST_COMMAND
