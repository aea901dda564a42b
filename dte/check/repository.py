"""Reads files of the config's repository: scripts and Nx's settings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.model import Where
from dte.parse import LocatedMap
from dte.parse.read import parse_yaml, read_text

CI_CONFIGS = (".nx/ci-config.yaml", ".nx/ci-config.yml")


def find_root(config: Path) -> Path:
    """Return the root of the config's repository: the folder above `.circleci`."""
    folder = config.parent
    return folder.parent if folder.name == ".circleci" else folder


@dataclass(frozen=True)
class Script:
    """The commands of a script or a Makefile target; ``line`` is their first line."""

    file: str
    line: int
    text: str


@dataclass(frozen=True)
class Repository:
    """Reads text files below ``root``; returns None for a file that it can't read."""

    root: Path

    def read(self, name: str) -> str | None:
        """Return the text of a file of the repository, or None."""
        path = self.root / name
        try:
            if not path.resolve().is_relative_to(self.root.resolve()):
                return None
            return read_text(path)
        except (UserError, OSError, RuntimeError, ValueError):
            return None

    def script(self, name: str) -> Script | None:
        """Return the commands of a script file, or None."""
        text = self.read(name)
        return None if text is None else Script(self.show(name), 1, text)

    def show(self, name: str) -> str:
        """Return a file's path for messages; it is relative if ``root`` is relative."""
        return str(self.root / name)

    def package_script(self, folder: str, name: str) -> str | None:
        """Return the text of a script in the folder's package.json, or None."""
        text = self.read(str(Path(folder, "package.json"))) or ""
        value = _scripts_in(text).get(name)
        return value if isinstance(value, str) else None

    def make_target(self, folder: str, target: str) -> Script | None:
        """Return the recipe of a target in the folder's Makefile, or None."""
        file = str(Path(folder, "Makefile"))
        text = self.read(file) or ""
        head = rf"^{re.escape(target)}[ \t]*:(?!=).*\n(?P<recipe>(?:\t.*\n?|[ ]*\n)*)"
        found = re.search(head, text, re.MULTILINE)
        if not found:
            return None
        recipe = re.sub(r"^\t[@-]*", "", found["recipe"], flags=re.MULTILINE)
        line = text.count("\n", 0, found.start("recipe")) + 1
        return Script(self.show(file), line, recipe)

    def workspace(self, folder: str) -> str:
        """Return the nearest folder at or above `folder` that has nx.json.

        If no such folder exists, returns `folder`.
        """
        folders = (Path(folder), *Path(folder).parents)
        found = (at for at in folders if self.read(str(at / "nx.json")) is not None)
        return str(next(found, folder))

    def ci_config(self, folder: str = ".") -> tuple[str, LocatedMap] | None:
        """Return the name and the content of the file that configures Nx Cloud's runs.

        The file is `.nx/ci-config.yaml` of the Nx workspace that contains `folder`.
        """
        for file in CI_CONFIGS:
            name = str(Path(self.workspace(folder), file))
            text = self.read(name)
            if text is not None:
                return name, _parse_map(text, self.show(name))
        return None


def _parse_map(text: str, file: str) -> LocatedMap:
    try:
        content = parse_yaml(text, file)
    except UserError:
        content = None
    return content if isinstance(content, LocatedMap) else LocatedMap(Where(file, 1))


@cache
def _scripts_in(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    scripts = content.get("scripts") if isinstance(content, dict) else None
    return scripts if isinstance(scripts, dict) else {}
