"""A command unpacks dte's code, or has the digest of the workspace's copy."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.scripts.modules import list_imported
from tools.carried_code import render_carried

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
    """`make docs` would change neither orb/commands/unpack.yml nor the digest."""
    for path, text in render_carried(ROOT / "orb").items():
        assert path.read_text(encoding="utf-8") == text, path


def test_what_may_have_a_token_runs_what_the_orb_carries() -> None:
    """Three commands unpack dte's code first; the others run it from the workspace."""
    unpacking = {name for name in COMMANDS if read_command(name)["steps"][0] == CARRIER}
    assert unpacking == {"record_attempt", "rerun_all", "set_shas"}
    for name in COMMANDS:
        checked = name not in unpacking or name == "record_attempt"
        assert ("DTE_CODE" in read_environment(name)) == checked


@pytest.mark.parametrize("command", COMMANDS)
def test_a_step_runs_the_program_of_its_command(command: str) -> None:
    """DTE_PROGRAM is the command's name; the guard's shell script names its program."""
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
    """Each module is a program of a command, or a program imports it."""
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
