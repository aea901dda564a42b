"""Simulated machines for the set-up: folders with few commands and an empty home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.tooling.repository import ROOT

COMMANDS = ("bash", "dirname", "cat", "env", "git", "sh", "uname")
NEEDED = (
    *("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"),
    *("tools", "dte", "orb", "scripts"),
)


class Machine(NamedTuple):
    """A machine: a copy of the repository, the only commands on PATH, a home folder."""

    copy: Path
    commands: Path
    home: Path

    @property
    def command(self) -> list[str]:
        """The command that sets this machine up."""
        return [str(self.copy / "tools" / "bootstrap.sh")]

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the whole set-up."""
        return subprocess.run(
            self.command,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self, **more: str) -> dict[str, str]:
        """Return a bare machine's variables, with the real machine's package index."""
        passed = ("PIP_", "UV_", "SSL_", "HTTP", "http", "NO_PROXY")
        kept = {n: v for n, v in os.environ.items() if n.startswith(passed)}
        path = {"PATH": str(self.commands), "HOME": str(self.home)}
        return {**kept, **path, **more}


def make_machine(folder: Path, *, python: str | None = sys.executable) -> Machine:
    """Make a machine with git, bash and `python` (None: no Python), without Node."""
    machine = Machine(folder / "copy", folder / "bin", folder / "home")
    for place in machine:
        place.mkdir()
    for name in COMMANDS:
        found = shutil.which(name)
        assert found is not None
        (machine.commands / name).symlink_to(found)
    if python is not None:
        real = os.path.realpath(python)
        write_command(machine.commands / "python3", f'exec "{real}" "$@"')
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, machine.copy / name, ignore=ignored)
        else:
            shutil.copy2(source, machine.copy / name)
    return machine


def write_command(path: Path, body: str) -> None:
    """Write a shell script and make it executable."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def listing(folder: Path) -> list[tuple[str, int, int]]:
    """Return everything in a folder with its size and modification time."""
    return [
        (str(path), path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted([folder, *folder.rglob("*")])
    ]
