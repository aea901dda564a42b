"""Finds the package manager as the orb's install step does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dte.init.facts import Fact
from dte.init.json_files import text_of
from dte.init.text_files import read_optional

# In the order of scripts/lib/package_managers.py: the first file that exists decides.
LOCK_FILES = {
    "bun.lockb": "bun",
    "bun.lock": "bun",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_FIELD = re.compile(r"(npm|pnpm|yarn|bun)@(\d{1,4})\.\d+\.\d+[.\w-]*")


def find_package_manager(root: Path, package: dict[str, Any]) -> Fact:
    """Return the package manager, with its version if packageManager has one."""
    field = text_of(package, "packageManager").partition("+")[0]
    if found := _FIELD.fullmatch(field):
        berry = found[1] == "yarn" and int(found[2]) > 1
        name = field.replace("yarn@", "yarn-berry@") if berry else field
        return Fact(name, "packageManager in package.json")
    for name, manager in LOCK_FILES.items():
        if (root / name).is_file():
            berry = manager == "yarn" and _is_berry(root / name)
            return Fact("yarn-berry" if berry else manager, name)
    return Fact("npm", "default")


def _is_berry(lock_file: Path) -> bool:
    return re.search(r"(?m)^__metadata:", read_optional(lock_file)) is not None


def note_on_packages(manager: Fact) -> list[str]:
    """Return sentences about what the user has to change before an install works."""
    if manager.source == "default":
        return [
            "there is no lock file: `npm ci` fails without one; run npm install and "
            "commit package-lock.json"
        ]
    return []
