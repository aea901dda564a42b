"""dte packs the orb exactly as CircleCI's CLI does, and the packed scripts run."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench_orb import measure_bytes
from dte.pack import pack_orb
from tests.dte.pack.cli import pack_with_cli, print_with_cli
from tools.carried_code import DIGEST, build_code, copy_code, list_modules

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
PACKED: Any = pack_orb(ROOT / "orb")


def list_steps() -> list[tuple[str, dict[str, str], str]]:
    """Return each step that runs a program, as component, variables and shell text."""
    return [
        (name, dict(step["run"]["environment"]), step["run"]["command"])
        for kind in ("commands", "jobs")
        for name, component in PACKED[kind].items()
        for step in component["steps"]
        if isinstance(step, dict) and "environment" in step.get("run", {})
    ]


@pytest.mark.cli
def test_the_cli_packs_what_the_rehearsal_loads(tmp_path: Path) -> None:
    """The rehearsal loads exactly the orb that CircleCI's own CLI packs."""
    assert pack_with_cli(ROOT / "orb", tmp_path) == PACKED


@pytest.mark.parametrize(
    ("name", "environment", "command"),
    list_steps(),
    ids=lambda value: str(value)[:20],
)
def test_scripts_come_back_byte_for_byte(
    name: str, environment: dict[str, str], command: str
) -> None:
    """The packed orb contains modules, digest and shell scripts byte for byte."""
    assert command in {path.read_text() for path in SCRIPTS.glob("*.sh")}
    if "DTE_CODE" in environment:
        assert environment["DTE_CODE"] == DIGEST.read_text()
    for variable, text in environment.items():
        if variable.startswith("DTE_MODULE_"):
            module = list_modules()[variable.removeprefix("DTE_MODULE_")]
            assert text == module.read_text()


@pytest.mark.cli
def test_the_packed_orb_is_small(tmp_path: Path) -> None:
    """The orb has at most 360 KB when packed by CircleCI's CLI."""
    printed = print_with_cli(ROOT / "orb", tmp_path)
    assert printed is not None
    assert len(printed.encode()) <= 360_000


def test_an_agent_adds_little_to_the_compiled_config(tmp_path: Path) -> None:
    """One more agent adds at most 4,096 bytes; 126 agents stay below 1 MB."""
    sizes = {agents: measure_bytes(agents, tmp_path) for agents in (3, 4, 126)}
    assert sizes[4] - sizes[3] <= 4096
    assert sizes[126] <= 1_000_000


@pytest.mark.parametrize(
    ("name", "environment", "command"),
    list_steps(),
    ids=lambda value: str(value)[:20],
)
def test_scripts_run_out_of_the_packed_orb(
    tmp_path: Path, name: str, environment: dict[str, str], command: str
) -> None:
    """Each step runs outside the repository, with the archive in the home folder.

    Without CircleCI's variables, the step prints a message or nothing, but no
    traceback.
    """
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    code = tmp_path / ".dte" / "code"
    code.mkdir(parents=True)
    for copy in (
        code / f"w-{DIGEST.read_text()}.pyz",
        tmp_path / f".dte-{DIGEST.read_text()}",
    ):
        copy.write_bytes(build_code())
    done = subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", command],
        cwd=tmp_path,
        env={
            "PATH": path,
            "HOME": str(tmp_path),
            "BASH_ENV": str(tmp_path / "bash_env"),
            **environment,
            "DTE_INSTALL": "",
            "DTE_UNPACKED": str(copy_code(tmp_path / "unpacked")),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr or name == "unpack"
