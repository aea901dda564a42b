"""Finds the version of Nx, and refuses one that is too old for the orb."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.init.facts import Fact
from dte.init.json_files import read_object, text_of
from dte.parse import read_text

# The orb refuses older versions (`OLDEST_NX` in scripts/lib/nx.py).
OLDEST = 17
_LOCKED = {
    "package-lock.json": r'"node_modules/nx": \{\s*"version": "(\d[^"]*)"',
    "pnpm-lock.yaml": r"(?m)^ +'?/?nx[@/](\d[^(':\s]*)",
    "yarn.lock": r'(?m)^"?nx@[^\n]*:\r?\n +version:? "?(\d[^"\s]*)',
    "bun.lock": r'"nx": \["nx@(\d[^"]*)"',
}
_MAJOR = re.compile(r"[~^>=v ]*(\d{1,4})\b")


def find_nx(root: Path, package: dict[str, Any]) -> Fact:
    """Return the version of Nx: installed, else locked, else required.

    Raises `UserError` if the orb doesn't support it, or if package.json doesn't list
    nx.
    """
    fact = _find(root, package)
    if not fact.value:
        raise UserError(
            f"{root / 'package.json'} has no nx, so CI can't install it",
            suggestions=["add it: npx nx init"],
        )
    major = _MAJOR.match(fact.value)
    if major and int(major[1]) < OLDEST:
        raise UserError(
            f"this workspace has Nx {fact}; dte needs Nx {OLDEST} or later",
            suggestions=["update it: npx nx migrate latest"],
        )
    return fact


def _find(root: Path, package: dict[str, Any]) -> Fact:
    installed = root / "node_modules" / "nx" / "package.json"
    if version := text_of(read_object(installed), "version"):
        return Fact(version, "node_modules")
    for name, pattern in _LOCKED.items():
        try:
            found = re.search(pattern, read_text(root / name))
        except UserError:
            continue
        if found:
            return Fact(found[1], name)
    for kind in ("devDependencies", "dependencies"):
        if wanted := text_of(package, kind, "nx"):
            return Fact(wanted, "package.json")
    return Fact()
