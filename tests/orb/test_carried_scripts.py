"""Each command unpacks dte's code or contains the digest of the workspace's copy."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.bench_orb import ORBS, write_config
from dte.compile import compile_config
from dte.model import PipelineValues
from tests.scripts.modules import list_imported
from tools.carried_code import DIGEST, render_carried

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
CARRIER = "unpack"
COMMANDS = sorted(
    path.stem
    for path in (ROOT / "orb" / "commands").glob("*.yml")
    if path.stem != CARRIER
)
FILES = sorted(path for path in SCRIPTS.rglob("*.*") if path.suffix in (".py", ".sh"))
STRING_LIMIT = 128 * 1024


def read_command(name: str) -> Any:
    """Return the source of a command."""
    return yaml.safe_load((ROOT / "orb" / "commands" / f"{name}.yml").read_text())


def read_environment(command: str) -> dict[str, str]:
    """Return the variables of the command's only step that runs a program."""
    (environment,) = (
        step["run"]["environment"]
        for step in read_command(command)["steps"]
        if step != CARRIER and "environment" in step.get("run", {})
    )
    return dict(environment)


def test_the_carried_modules_and_the_digest_are_up_to_date() -> None:
    """unpack.yml and code.sha256 contain what `make docs` would write."""
    for path, text in render_carried(ROOT / "orb").items():
        assert path.read_text(encoding="utf-8") == text, path


def test_what_may_have_a_token_runs_what_the_orb_carries() -> None:
    """Three commands unpack dte's code first; the others use the workspace's copy."""
    unpacking = {name for name in COMMANDS if read_command(name)["steps"][0] == CARRIER}
    assert unpacking == {"record_attempt", "rerun_all", "set_shas"}
    for name in COMMANDS:
        checked = name not in unpacking or name == "record_attempt"
        assert ("DTE_CODE" in read_environment(name)) == checked


def test_only_jobs_without_a_checkout_contain_the_modules(tmp_path: Path) -> None:
    """dte/main and dte/agent run all programs, even set_shas, from the workspace."""
    config = write_config(2, tmp_path)
    compiled = compile_config(config, orbs=ORBS, pipeline=PipelineValues())
    programs: dict[str, set[str]] = {"attempt": set(), "agent": set(), "main": set()}
    carrying = set()
    for place in compiled.workflows[0].jobs:
        name = place.name.removeprefix("dte/").partition("-")[0]
        assert place.job
        for step in place.job.steps:
            environment = step.arguments.get("environment", {})
            if "DTE_MODULE_set_shas" in environment:
                carrying.add(name)
            if "DTE_PROGRAM" in environment:
                assert environment["DTE_CODE"] == DIGEST.read_text()
                programs[name].add(environment["DTE_PROGRAM"])
    assert carrying == {"attempt"}
    assert programs["attempt"] == {"record_attempt"}
    assert programs["agent"] == {"install", "start_agent"}
    assert {"install", "set_shas", "run_affected"} < programs["main"]


def test_main_passes_set_shas_its_own_parameters() -> None:
    """dte/main gives set_shas the same variables as the command set_shas does, except
    two that only a search without a record needs."""
    job = yaml.safe_load((ROOT / "orb" / "jobs" / "main.yml").read_text())
    (step,) = (
        step["run"]
        for step in job["steps"]
        if step.get("run", {}).get("environment", {}).get("DTE_PROGRAM") == "set_shas"
    )
    own = read_environment("set_shas")
    expected = own.keys() - {"DTE_WORKFLOW", "DTE_ACCEPT_STATUSES"}
    assert step["environment"].keys() == expected | {"DTE_CODE"}
    assert {name: step["environment"][name] for name in expected} == {
        name: own[name] for name in expected
    }
    (command,) = (one["run"] for one in read_command("set_shas")["steps"][1:])
    for key in ("name", "working_directory"):
        assert step[key] == command[key]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_step_runs_the_program_of_its_command(command: str) -> None:
    """DTE_PROGRAM is the command's name; only rerun_guard has no DTE_PROGRAM."""
    program = read_environment(command).get("DTE_PROGRAM", "rerun_guard")
    assert program == command


def test_every_module_travels_once() -> None:
    """The packed orb contains each module once, as text that a reviewer can read."""
    carried = Counter(read_environment(CARRIER).values())
    assert carried == {
        f"<< include(../{path.relative_to(ROOT)}) >>": 1
        for path in SCRIPTS.rglob("*.py")
    }


def test_every_module_belongs_to_a_program() -> None:
    """Each module is the program of a command, or a program imports the module."""
    used = list_imported("__main__", *COMMANDS)
    assert set(used) == {path.stem for path in SCRIPTS.rglob("*.py")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_carried_file_fits_a_variable(path: Path) -> None:
    """Each script fits into an environment variable and contains no `<<` to escape."""
    assert path.stat().st_size < STRING_LIMIT / 2
    assert "<" + "<" not in path.read_text()


def test_the_orb_never_sets_what_belongs_to_the_user() -> None:
    """No step overrides the project's DTE_RERUN_GUARD or DTE_API_URL."""
    for command in COMMANDS:
        assert not {"DTE_RERUN_GUARD", "DTE_API_URL"} & set(read_environment(command))
