"""The workspace's version of Nx: the installed one, or the lock file's."""

import json
import re
from pathlib import Path
from typing import Optional

from failures import Refusal

# `npx nx-cloud` works from this version on.
OLDEST_NX = 17
_LOCKED = {
    "package-lock.json": r'"node_modules/nx": \{\s*"version": "(\d[^"]*)"',
    "npm-shrinkwrap.json": r'"node_modules/nx": \{\s*"version": "(\d[^"]*)"',
    "pnpm-lock.yaml": r"(?m)^ +'?/?nx[@/](\d[^(':\s]*)",
    "yarn.lock": r'(?m)^"?nx@[^\n]*:\r?\n +version:? "?(\d[^"\s]*)',
    "bun.lock": r'"nx": \["nx@(\d[^"]*)"',
}


def find_upwards(start: Path, *parts: str) -> Optional[Path]:
    """Return the nearest path `parts` at or above `start`, or None."""
    for folder in (start, *start.resolve().parents):
        if folder.joinpath(*parts).exists():
            return folder.joinpath(*parts)
    return None


def read_locked_nx(start: Path) -> str:
    """Return the newest Nx in the workspace's lock file, or empty if unknown.

    A lock file may have older versions too, because other packages need them.
    """
    for name, pattern in _LOCKED.items():
        path = find_upwards(start, name)
        try:
            text = path.read_text(encoding="utf-8") if path else ""
        except (OSError, ValueError):
            continue
        found = re.findall(pattern, text)
        if found:
            return str(max(found, key=_read_major))
    return ""


def read_nx_version(start: Path) -> str:
    """Return the version of the workspace's Nx, such as 22.7.12; empty if unknown."""
    path = find_upwards(start, "node_modules", "nx", "package.json")
    if not path:
        return read_locked_nx(start)
    try:
        version = json.loads(path.read_text(encoding="utf-8")).get("version")
    except (OSError, ValueError, AttributeError):
        return ""
    return version if isinstance(version, str) else ""


def read_nx_major(start: Path) -> int:
    """Return the major version of the workspace's Nx, or 0 if it is unknown."""
    return _read_major(read_nx_version(start))


def refuse_old_nx(version: str) -> None:
    """Raise `Refusal` if the version is known and too old."""
    if 0 < _read_major(version) < OLDEST_NX:
        raise Refusal(
            f"this workspace has Nx {version}; dte needs Nx {OLDEST_NX} or later",
            suggestions=["update it: npx nx migrate latest"],
            code="nx-version",
        )


def _read_major(version: str) -> int:
    major = version.partition(".")[0]
    return int(major) if major.isascii() and major.isdigit() and len(major) < 5 else 0
