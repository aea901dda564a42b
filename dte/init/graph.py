"""Asks the installed Nx which targets the projects have."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from dte.errors import UserError
from dte.init.json_files import read_object, section

_SECONDS = 120
# With these variables, Nx sends nothing over the network and leaves no process running.
_QUIET = {"NX_DAEMON": "false", "NX_NO_CLOUD": "true", "CI": "true"}


def ask_nx(root: Path) -> set[str]:
    """Return all targets of all projects; empty if Nx isn't installed or fails."""
    command = root / "node_modules" / ".bin" / "nx"
    if not command.exists():
        return set()
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder, "graph.json")
        try:
            subprocess.run(
                [command, "graph", f"--file={graph}"],
                cwd=root,
                env={**os.environ, **_QUIET},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
            nodes = section(read_object(graph), "graph", "nodes")
        except (OSError, subprocess.TimeoutExpired, UserError):
            return set()
    return {name for node in nodes for name in section(nodes, node, "data", "targets")}
