"""Finds the projects of a workspace and the targets that their files declare.

Nx treats each folder with a project.json, and each package of the package manager's
workspaces, as a project (Nx docs, "Project configuration").
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.init.json_files import read_object, section
from dte.init.text_files import read_optional
from dte.parse import parse_yaml

_SKIPPED = {"node_modules", "dist", "tmp", "coverage"}


def list_files(root: Path) -> list[Path]:
    """Return every file outside hidden folders, packages and build outputs."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED and not name.startswith(".")
        )
        found += [Path(folder, name) for name in sorted(files)]
    return found


def list_declared_targets(
    root: Path, files: list[Path]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return each target that a project declares, with the first file that declares it.

    Also returns the files that aren't JSON, such as templates, which are skipped.
    """
    is_package = _match_packages(root)
    projects = {path.parent for path in files if path.name == "project.json"}
    targets: dict[str, str] = {}
    unreadable = []
    for path in files:
        name = path.relative_to(root).as_posix()
        in_packages = is_package(path.parent.relative_to(root).as_posix())
        is_read = in_packages or path.parent in {root, *projects}
        if path.name not in ("project.json", "package.json") or not is_read:
            continue
        try:
            content = read_object(path)
        except UserError:
            unreadable.append(name)
            continue
        if path.name == "project.json":
            declared = list(section(content, "targets"))
        else:
            declared = _list_of_package(content, in_packages)
        for target in declared:
            targets.setdefault(target, name)
    return targets, tuple(unreadable)


def _list_of_package(package: dict[str, Any], is_package: bool) -> list[str]:
    """Return the targets in a package.json.

    If `is_package` is False, the file has targets only if it has the key `nx`.
    """
    settings = package.get("nx")
    if not is_package and not isinstance(settings, dict):
        return []
    scripts = list(section(package, "scripts"))
    included = section(package, "nx").get("includedScripts")
    if isinstance(included, list):
        scripts = [name for name in scripts if name in included]
    return scripts + list(section(package, "nx", "targets"))


def _match_packages(root: Path) -> Any:
    """Return a function that tells whether a folder is a package of this repository."""
    patterns = list(_read_patterns(root))
    wanted = [_compile(text) for text in patterns if not text.startswith("!")]
    excluded = [_compile(text[1:]) for text in patterns if text.startswith("!")]

    def is_package(folder: str) -> bool:
        return any(pattern.fullmatch(folder) for pattern in wanted) and not any(
            pattern.fullmatch(folder) for pattern in excluded
        )

    return is_package


def _read_patterns(root: Path) -> Iterator[str]:
    declared = read_object(root / "package.json").get("workspaces")
    if isinstance(declared, dict):
        declared = declared.get("packages")
    try:
        text = read_optional(root / "pnpm-workspace.yaml")
        of_pnpm = parse_yaml(text, "pnpm-workspace.yaml")
    except UserError:
        of_pnpm = None
    if isinstance(of_pnpm, dict):
        declared = of_pnpm.get("packages", declared)
    for item in declared if isinstance(declared, list) else ():
        if isinstance(item, str):
            negated = item.startswith("!")
            yield "!" * negated + item.lstrip("!").removeprefix("./").rstrip("/")


def _compile(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for a glob with `*` and `**`."""
    parts = re.split(r"(\*\*/?|\*)", pattern)
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(meanings.get(part, re.escape(part)) for part in parts))
