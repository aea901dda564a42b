"""Makes the virtual environment, with every package at the version of the lock file."""

import sys
import tomllib
from pathlib import Path

from tools.bootstrap.places import Places
from tools.bootstrap.run import install_packages, run_quietly, say
from tools.bootstrap.stamp import digest_of, is_done, stamped
from tools.failures import ToolError


def ensure_environment(places: Places) -> None:
    """Make `.venv`, unless it is there for this lock file, Python and folder.

    It is always made from nothing: what an interrupted or older set-up left behind can
    not survive in it. A virtual environment holds its own path, so a folder that was
    moved gets a new one.
    """
    lock = places.requirements / "python.txt"
    version = ".".join(str(number) for number in sys.version_info[:2])
    digest = digest_of([lock], project_table(places), version, str(places.root))
    stamp = places.environment / ".set-up"
    if is_done(stamp, digest) and places.python.exists():
        return
    with stamped(stamp, digest):
        say(f"making .venv with Python {version}")
        create_environment(places, Path(sys.executable))
        say("installing the Python packages of tools/requirements/python.txt")
        install_packages(places, ["-r", lock], what="the Python packages")
        install_packages(
            places,
            ["--no-deps", "--no-build-isolation", "--editable", places.root],
            what="this project",
        )


def project_table(places: Places) -> str:
    """What pip reads of pyproject.toml; the rest configures linters."""
    text = (places.root / "pyproject.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return repr([document[name] for name in ("build-system", "project")])


def create_environment(places: Places, interpreter: Path) -> None:
    """Make an empty virtual environment with pip in it."""
    run_quietly(
        [interpreter, "-E", "-s", "-m", "venv", "--clear", places.environment],
        failure=ToolError(
            f"{interpreter} could not make a virtual environment.",
            suggestions=[
                "Debian, Ubuntu: apt-get install python3-venv "
                "(python3.11-venv for a python3.11)",
                f"Check that {places.root} may be written and its disk has room.",
            ],
        ),
    )
