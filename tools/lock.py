"""Writes the lock file of the Python packages anew, from a clean environment."""

import sys
import tempfile
from pathlib import Path

from tools.bootstrap.places import Places
from tools.bootstrap.run import install_packages, run_quietly, say
from tools.bootstrap.virtualenv import create_environment
from tools.failures import ToolError, exit_with


def write_lock(real: Places) -> None:
    """Install what pyproject.toml asks for into a new environment, and freeze that."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        create_environment(places, Path(sys.executable))
        say("installing the newest packages that pyproject.toml allows")
        install_packages(places, [f"{real.root}[dev]"], what="the newest packages")
        frozen = run_quietly(
            [places.python, "-m", "pip", "freeze", "--exclude", "dte"],
            failure=ToolError("pip could not list what it installed."),
        )
    (real.requirements / "python.txt").write_text(frozen, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(exit_with(lambda: write_lock(Places.of_this_repository())))
