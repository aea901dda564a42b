"""The packed orb: CircleCI's CLI packs the same, and its scripts run from it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dte.pack import pack_orb
from tests.dte.pack.cli import pack_with_cli

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
PACKED: Any = pack_orb(ROOT / "orb")


def carrying_steps() -> list[tuple[str, dict[str, str], str]]:
    """Each step of a command that carries a script: command, variables, shell text."""
    found = []
    for name, command in PACKED["commands"].items():
        for step in command["steps"]:
            environment = step.get("run", {}).get("environment", {})
            if "DTE_SCRIPT" in environment:
                found.append((name, dict(environment), step["run"]["command"]))
    return found


@pytest.mark.cli
def test_the_cli_packs_what_the_rehearsal_loads(tmp_path: Path) -> None:
    """What CircleCI's own CLI packs equals what the rehearsal loads, key for key."""
    assert pack_with_cli(ROOT / "orb", tmp_path) == PACKED


@pytest.mark.parametrize(
    ("name", "environment", "command"),
    carrying_steps(),
    ids=lambda value: str(value)[:20],
)
def test_scripts_come_back_byte_for_byte(
    name: str, environment: dict[str, str], command: str
) -> None:
    """Script, modules and loader stand in the packed orb as they do in their files."""
    assert command == (SCRIPTS / "load.sh").read_text()
    assert environment["DTE_SCRIPT"] == (SCRIPTS / f"{name}.py").read_text()
    for variable, text in environment.items():
        if variable.startswith("DTE_MODULE_"):
            module = SCRIPTS / "lib" / f"{variable.removeprefix('DTE_MODULE_')}.py"
            assert text == module.read_text()


@pytest.mark.parametrize(
    ("name", "environment", "command"),
    carrying_steps(),
    ids=lambda value: str(value)[:20],
)
def test_scripts_run_out_of_the_packed_orb(
    tmp_path: Path, name: str, environment: dict[str, str], command: str
) -> None:
    """Each script starts from its step alone, with `-I`, outside the repository.

    Without CircleCI's variables it ends in a message, or does nothing; never in a
    traceback.
    """
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", command],
        cwd=tmp_path,
        env={"PATH": path, "HOME": str(tmp_path), **environment, "DTE_INSTALL": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr, name
