"""Finds the version of Nx in the lock file of a workspace."""

from __future__ import annotations

import re
from collections.abc import Callable

from dte.errors import UserError

# The orb has the same patterns (scripts/lib/nx_version.py).
_LOCKED = {
    "package-lock.json": r'"node_modules/nx": \{\s*"version": "(\d[^"]*)"',
    "npm-shrinkwrap.json": r'"node_modules/nx": \{\s*"version": "(\d[^"]*)"',
    "pnpm-lock.yaml": r"(?m)^ +'?/?nx[@/](\d[^(':\s]*)",
    "yarn.lock": r'(?m)^"?nx@[^\n]*:\r?\n +version:? "?(\d[^"\s]*)',
    "bun.lock": r'"nx": \["nx@(\d[^"]*)"',
}
_MAJOR = re.compile(r"[~^>=v ]*(\d{1,4})\b")


def find_locked_nx(read: Callable[[str], str]) -> tuple[str, str]:
    """Return Nx's version and the name of the lock file; both are empty if unknown.

    `read` returns the text of the file with a given name, or raises `UserError`. If a
    lock file has several versions of Nx, the one with the highest major version counts,
    because other packages may depend on older versions.
    """
    for name, pattern in _LOCKED.items():
        try:
            found = re.findall(pattern, read(name))
        except UserError:
            continue
        if found:
            return max(found, key=lambda version: read_major(version) or 0), name
    return "", ""


def read_major(version: str) -> int | None:
    """Return 22 for `22.1.0`, `^22` or `v22`; None for text without a major version."""
    found = _MAJOR.match(version)
    return int(found[1]) if found else None
