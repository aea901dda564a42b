"""Makes the virtual environment, with every package at the version of the lock file.

uv installs the packages. The Python is the one that was found: uv's own Python builds
come from a host that is not a package index.
"""

import hashlib
import re
import sys
import tomllib
from pathlib import Path

from tools.bootstrap.run import run_quietly, say
from tools.bootstrap.uv import uv
from tools.places import Places

LOCK = "python.txt"


def ensure_environment(places: Places) -> None:
    """Make `.venv`, unless it is there for this lock file, Python and folder.

    The stamp is written last and a new environment starts from nothing, so that an
    interrupted set-up leaves nothing behind.
    """
    stamp, digest = places.environment / ".set-up", digest_of_input(places)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    stamp.unlink(missing_ok=True)
    say(f"making .venv with Python {sys.version_info[0]}.{sys.version_info[1]}")
    create_environment(places)
    say(f"installing the Python packages of tools/requirements/{LOCK}")
    python = places.environment / "bin" / "python"
    lock = places.requirements / LOCK
    failure = "uv could not install the Python packages."
    uv(places, "pip", "sync", "--python", python, lock, failure=failure)
    install = ("pip", "install", "--python", python, "--no-deps")
    project = ("--no-build-isolation", "--editable", places.root)
    uv(places, *install, *project, failure="uv could not install this project.")
    stamp.write_text(digest, encoding="utf-8")


def digest_of_input(places: Places) -> str:
    """One hash over all that decides what the environment contains."""
    text = (places.root / "pyproject.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    parts = [
        (places.requirements / LOCK).read_text(encoding="utf-8"),
        document["build-system"],
        document["project"],
        sys.version_info[:2],
        str(places.root),  # a virtual environment contains its own path
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def create_environment(places: Places) -> None:
    """Make an environment that has pip, and uv at the version of the lock file."""
    run_quietly(
        [sys.executable, "-E", "-s", "-m", "venv", "--clear", places.environment],
        failure=f"{sys.executable} could not make a virtual environment.",
        suggestions=(
            "Debian, Ubuntu: apt-get install python3-venv "
            "(python3.11-venv for a python3.11)",
            f"Check that {places.root} is writable and its disk has space.",
        ),
    )
    lock = (places.requirements / LOCK).read_text(encoding="utf-8")
    (pinned,) = re.findall(r"^uv==\S+", lock, re.MULTILINE)
    pip = (places.environment / "bin" / "python", "-E", "-s", "-m", "pip")
    run_quietly(
        [*pip, "install", "--quiet", "--no-compile", pinned],
        environment={
            "PIP_CACHE_DIR": str(places.cache / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        },
        failure=f"pip could not install {pinned}.",
    )


def install_into(folder: Path, places: Places, *, lock: str) -> None:
    """Install the packages of a lock file into `folder`, or leave no folder behind."""
    draft = folder.with_name(f"{folder.name}.draft")
    say(f"installing the packages of tools/requirements/{lock} into .tools")
    uv(
        places,
        *("pip", "install", "--python", places.environment / "bin" / "python"),
        *("--target", draft, "--no-deps", "--reinstall"),
        *("--requirements", places.requirements / lock),
        failure=f"uv could not install the packages of tools/requirements/{lock}.",
    )
    draft.replace(folder)


def write_lock(places: Places) -> None:
    """Lock the newest packages that pyproject.toml allows, for every platform."""
    words = ("--extra", "dev", "--universal", "--no-header", "--no-annotate")
    target = places.requirements / LOCK
    uv(
        places,
        *("pip", "compile", "pyproject.toml", *words, "--upgrade"),
        *("--output-file", target),
        failure="uv could not resolve the packages of pyproject.toml.",
    )
