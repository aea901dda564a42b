"""The scripts run Nx with npx, Yarn's Plug'n'Play, or Bun."""

import os
import subprocess
from pathlib import Path

import pytest
from package_managers import COREPACK

from tests.scripts.conftest import SCRIPTS
from tests.scripts.nx_job import NxJob

PNP = {"yarn.lock": '"nx@npm:22.7.1":\n  version: 22.7.1\n', ".pnp.cjs": ""}
FIELD = {"package.json": '{"packageManager": "yarn@4.18.1"}'}
OTHER = {"package.json": '{"packageManager": "yarn@4.5.0"}'}
# The version that each package manager on PATH prints.
VERSION = "4.18.1"
FROM_NPM = f"npx --yes {COREPACK} yarn"


def use_commands(nx_job: NxJob, *names: str) -> str:
    """Return a PATH on which only these commands run Nx; each prints its call."""
    for name in names:
        command = nx_job.bin / name
        call = f'[ "$1" != --version ] || {{ echo {VERSION}; exit; }}\n'
        command.write_text(f'#!/bin/bash\n{call}echo "{name} $*"\n')
        command.chmod(0o755)
    for name in ("bash", "cat"):
        (nx_job.bin / name).symlink_to(f"/bin/{name}")
    return str(nx_job.bin)


@pytest.mark.parametrize(
    ("files", "commands", "runner"),
    [
        ({}, ["npx", "bunx", "yarn"], "npx"),
        ({}, ["bunx"], "bunx"),
        (PNP, ["npx", "yarn"], "yarn"),
        (PNP | FIELD, ["npx", "yarn"], "yarn"),
        (PNP | OTHER, ["npx", "yarn"], FROM_NPM),
        (PNP | OTHER, ["yarn"], "yarn"),
        (PNP, ["npx"], FROM_NPM),
        (PNP | FIELD, ["npx", "yarn", "corepack"], "corepack yarn"),
        (PNP, ["npx", "corepack"], "corepack yarn"),
    ],
)
def test_nx_is_called_where_it_is_installed(
    nx_job: NxJob, files: dict[str, str], commands: list[str], runner: str
) -> None:
    """The scripts use yarn for Plug'n'Play, and bunx in an image without npx."""
    for command in nx_job.bin.iterdir():
        command.unlink()
    path = use_commands(nx_job, *commands)
    if files:
        (nx_job.checkout / "node_modules" / ".bin" / "nx").unlink()
    for name, text in files.items():
        nx_job.write(name, text)
    called = nx_job.run("fix_ci", PATH=path)
    assert called.stdout == f"{runner} nx fix-ci\n"
    started = nx_job.run("start_ci_run", PATH=path, DTE_TARGETS="build")
    assert f"{runner} nx-cloud start-ci-run" in started.stdout, started.stderr
    env = {"PATH": path, **nx_job.read_exported()}
    recorded = run_record(nx_job.checkout, env)
    assert recorded.stdout == f"{runner} nx-cloud record -- nx format:check\n"
    alone = run_record(nx_job.checkout, {**env, "DTE_MODE": "without_agents"})
    assert alone.stdout.splitlines()[1] == f"{runner} nx format:check"


def run_record(folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run main's default script for recorded commands."""
    return subprocess.run(
        ["/bin/bash", str(SCRIPTS / "record_format_check.sh")],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_failed_format_check_names_the_fix(tmp_path: Path) -> None:
    """The log ends with the command that formats the listed files."""
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/bash\necho apps/a.ts\nexit 3\n")
    npx.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = run_record(tmp_path, {"PATH": path, "DTE_NX_ROOT": str(tmp_path)})
    assert (done.returncode, done.stdout) == (1, "apps/a.ts\n")
    assert "commit them: npx nx format:write\n" in done.stderr
