"""Finds the version of Nx, and refuses a version that is too old for the orb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.init.facts import Fact
from dte.init.json_files import read_object, text_of
from dte.locked_nx import find_locked_nx, read_major
from dte.parse import read_text

# The orb refuses older versions (`OLDEST_NX` in scripts/lib/nx_version.py).
OLDEST = 17


def find_nx(root: Path, package: dict[str, Any]) -> Fact:
    """Return the installed version of Nx, else the lock file's, else package.json's.

    Raises `UserError` if the orb doesn't support the version, or if none is found.
    """
    fact = _find(root, package)
    if not fact.value:
        raise UserError(
            f"{root / 'package.json'} has no nx, so CI can't install it",
            suggestions=["add it: npx nx init"],
        )
    major = read_major(fact.value)
    if major is not None and major < OLDEST:
        raise UserError(
            f"this workspace has Nx {fact}; dte needs Nx {OLDEST} or later",
            suggestions=["update it: npx nx migrate latest"],
        )
    return fact


def _find(root: Path, package: dict[str, Any]) -> Fact:
    installed = root / "node_modules" / "nx" / "package.json"
    if version := text_of(read_object(installed), "version"):
        return Fact(version, "node_modules")
    locked, name = find_locked_nx(lambda name: read_text(root / name))
    if locked:
        return Fact(locked, name)
    for kind in ("devDependencies", "dependencies"):
        if wanted := text_of(package, kind, "nx"):
            return Fact(wanted, "package.json")
    return Fact()
