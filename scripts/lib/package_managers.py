"""Decide which package manager a workspace uses, and how it installs."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import List

from failures import say
from settings import read_choice

AUTO = "auto"
NONE = "none"
BERRY = "yarn-berry"
# Node 25 and later lack Corepack (Node's "Distribution Policy"), so npx runs it.
COREPACK = "corepack@0.34.5"
# These install exactly what the lock file says, and fail if the file is outdated.
INSTALLS = {
    "npm": ["npm", "ci"],
    "pnpm": ["pnpm", "install", "--frozen-lockfile"],
    "yarn": ["yarn", "install", "--frozen-lockfile"],
    BERRY: ["yarn", "install", "--immutable"],
    "bun": ["bun", "install", "--frozen-lockfile"],
}
# The variables that set the download folder, and its path in dte's cache. pnpm 11 and
# later read the second variable. Yarn 4 keeps its downloads in `cache` below the global
# folder, Yarn 2 and 3 in both folders.
DOWNLOADS = {
    "npm": {"npm_config_cache": "npm"},
    "pnpm": {"npm_config_store_dir": "pnpm", "pnpm_config_store_dir": "pnpm"},
    "yarn": {"YARN_CACHE_FOLDER": "yarn"},
    BERRY: {"YARN_GLOBAL_FOLDER": BERRY, "YARN_CACHE_FOLDER": BERRY + "/cache"},
    "bun": {"BUN_INSTALL_CACHE_DIR": "bun"},
}
# In Nx's order of precedence (`detectPackageManager` in the nx package, 24.0.6).
LOCK_FILES = {
    "bun.lockb": "bun",
    "bun.lock": "bun",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
# Corepack accepts no ranges and no tags.
_FIELD = re.compile(r"(npm|pnpm|yarn|bun)@(\d{1,4})\.\d+\.\d+[.\w-]*")


def choose_manager(folder: Path) -> str:
    """Return the key of INSTALLS to use in `folder`, or NONE; raises `UsageError`."""
    choice = read_choice("DTE_PACKAGE_MANAGER", AUTO, (AUTO, *INSTALLS, NONE))
    return find_manager(folder) if choice == AUTO else choice


def plan_install(manager: str, folder: Path) -> List[str]:
    """Return the install command of `manager`; empty for NONE."""
    words = INSTALLS.get(manager, [])
    corepack = call_corepack(folder, words[0]) if words else []
    if corepack:
        # Corepack asks before it downloads a package manager.
        os.environ.setdefault("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0")
    return [*corepack, *words]


def find_manager(folder: Path) -> str:
    """Return the key of INSTALLS for `folder`, by packageManager or by lock file."""
    field = _FIELD.fullmatch(read_field(folder))
    if field:
        berry = field[1] == "yarn" and int(field[2]) > 1
        say("package.json sets the package manager: {}.".format(field[0]))
        return BERRY if berry else field[1]
    found = [name for name in LOCK_FILES if (folder / name).is_file()]
    if not found:
        say("warning: {} has no lock file, so dte uses npm.".format(folder))
        return "npm"
    name = found[0]
    manager = LOCK_FILES[name]
    if manager == "yarn" and _is_berry(folder / name):
        manager = BERRY
    if len({LOCK_FILES[other] for other in found}) > 1:
        say("warning: there are several lock files: {}.".format(", ".join(found)))
    say("The package manager is {}, because {} exists.".format(manager, name))
    return manager


def read_field(folder: Path) -> str:
    """Return package.json's field packageManager without its hash, or empty."""
    try:
        package = json.loads((folder / "package.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return ""
    field = package.get("packageManager") if isinstance(package, dict) else None
    return field.partition("+")[0] if isinstance(field, str) else ""


def _is_berry(lock_file: Path) -> bool:
    text = lock_file.read_text(encoding="utf-8", errors="replace")
    return re.search(r"^__metadata:", text, re.MULTILINE) is not None


def call_corepack(folder: Path, command: str) -> List[str]:
    """Return the words to put before `command` so that Corepack runs it, or none.

    Corepack provides the version in packageManager, and a missing pnpm or Yarn.
    """
    if command in ("npm", "bun"):
        return []
    field = _FIELD.fullmatch(read_field(folder))
    wanted = field[0] if field and field[1] == command else ""
    there = shutil.which(command)
    if there and not wanted:
        return []
    if shutil.which("corepack"):
        return ["corepack"]
    # pnpm 10 and a Yarn with yarnPath start the workspace's own version themselves.
    if there and wanted == command + "@" + _read_version(command):
        return []
    return ["npx", "--yes", COREPACK] if shutil.which("npx") else []


def _read_version(command: str) -> str:
    words = [command, "--version"]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    return done.stdout.decode("utf-8", "replace").strip()
