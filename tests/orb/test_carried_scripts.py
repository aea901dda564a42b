"""What a step carries: its modules, or the digest of the code in the workspace."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.carried_code import list_carried, render_carried

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
COMMANDS = sorted(path.stem for path in (ROOT / "orb" / "commands").glob("*.yml"))
FILES = sorted(path for path in SCRIPTS.rglob("*.*") if path.suffix in (".py", ".sh"))
STRING_LIMIT = 128 * 1024


def read_environment(command: str) -> dict[str, str]:
    """The variables of the command's one step that runs a program."""
    text = (ROOT / "orb" / "commands" / f"{command}.yml").read_text()
    document: Any = yaml.safe_load(text)
    (environment,) = (
        step["run"]["environment"]
        for step in document["steps"]
        if "environment" in step.get("run", {})
    )
    return dict(environment)


def test_the_carried_modules_and_the_digest_are_up_to_date() -> None:
    """`make docs` would change nothing in the carrying commands and the digest."""
    for path, text in render_carried(ROOT / "orb").items():
        assert path.read_text(encoding="utf-8") == text, path


def test_what_may_have_a_token_carries_its_code() -> None:
    """Three commands carry their modules; the others run from the workspace."""
    assert set(list_carried(ROOT / "orb")) == {
        "record_attempt",
        "rerun_all",
        "set_shas",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_a_step_runs_the_program_of_its_command(command: str) -> None:
    """DTE_PROGRAM is the command's name; the guard's program is in its shell text."""
    program = read_environment(command).get("DTE_PROGRAM", "rerun_guard")
    assert program == command


def test_every_module_travels_at_most_three_times() -> None:
    """A security review reads no module of the packed orb more than three times."""
    carried = list_carried(ROOT / "orb").values()
    times = Counter(name for modules in carried for name in modules)
    assert max(times.values()) <= 3
    scripts = {path.stem for path in SCRIPTS.rglob("*.py")}
    assert set(times) == scripts


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_carried_file_fits_a_variable(path: Path) -> None:
    """Each script fits one environment string, and no `<<` in it needs an escape."""
    assert path.stat().st_size < STRING_LIMIT / 2
    assert "<" + "<" not in path.read_text()


def test_the_orb_never_sets_what_belongs_to_the_user() -> None:
    """No step sets DTE_RERUN_GUARD or DTE_API_URL, which would beat the project's."""
    for command in COMMANDS:
        assert not {"DTE_RERUN_GUARD", "DTE_API_URL"} & set(read_environment(command))
