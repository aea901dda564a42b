"""Reads `dte rehearse`'s defaults: the user's file, and `.dte.toml` in a repository.

The repository's file takes precedence over the user's file, and an option takes
precedence over both. The repository may be somebody else's, so the paths in its file
have to stay inside the repository.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.parse import nearest

REPOSITORY_FILE = ".dte.toml"
SPEED = "DTE_NX_CLOUD_SPEED"
_KINDS: dict[type, str] = {
    str: "a string",
    list: "a list of strings",
    dict: "a table of strings",
}
_KEYS = ("project", "orbs", "env-files", "context-files", "speed")


@dataclass(frozen=True)
class Defaults:
    """The values in the files; `shown` has a line for each value, for `--list`.

    `speed` is the factor by which the stand-in shortens Nx Cloud's waits, as a string.
    """

    project: Path | None = None
    orbs: Mapping[str, Path] = field(default_factory=dict)
    env_files: tuple[Path, ...] = ()
    context_files: tuple[tuple[str, Path], ...] = ()
    speed: str = ""
    shown: tuple[str, ...] = ()


def read_defaults(repository: Path, environment: Mapping[str, str]) -> Defaults:
    """Return the defaults for a project in `repository`.

    Raises `UserError` for an invalid file of defaults.
    """
    home = Path(environment.get("HOME") or "/")
    folder = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    defaults = _add_file(Defaults(), folder / "dte" / "config.toml", None)
    return _add_file(defaults, repository / REPOSITORY_FILE, repository)


def _add_file(defaults: Defaults, path: Path, inside: Path | None) -> Defaults:
    if not path.is_file():
        return defaults
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} can't be read: {error}") from error
    for key in values:
        if key not in _KEYS:
            raise UserError(
                f"{path}: unknown key {key}", suggestions=nearest(key, _KEYS)
            )
    file = _File(path, values, inside)
    project = file.read_paths("project", str)
    orbs = file.read_paths("orbs", dict)
    env_files = file.read_paths("env-files", list)
    context_files = file.read_paths("context-files", dict)
    speed = file.read_speed()
    named = [*project, *orbs, *env_files, *context_files]
    lines = [f"{key} {name}".rstrip() + f": {found}" for key, name, found in named]
    return replace(
        defaults,
        project=project[0][2] if project else defaults.project,
        orbs={**defaults.orbs, **{name: found for _, name, found in orbs}},
        env_files=(*defaults.env_files, *(found for *_, found in env_files)),
        context_files=(
            *defaults.context_files,
            *((name, found) for _, name, found in context_files),
        ),
        speed=speed or defaults.speed,
        shown=(
            *defaults.shown,
            *(f"{path}: {line}" for line in lines),
            *([f"{path}: speed: {speed}"] if speed else []),
        ),
    )


@dataclass(frozen=True)
class _File:
    path: Path
    values: Mapping[str, Any]
    inside: Path | None

    def read_paths(self, key: str, kind: type) -> list[tuple[str, str, Path]]:
        """Return (key, name, path) for each path under a key; lists have no names."""
        value = self.values.get(key, kind())
        if not isinstance(value, kind):
            raise UserError(f"{self.path}: {key} must be {_KINDS[kind]}")
        pairs = value.items() if isinstance(value, dict) else [("", value)]
        if isinstance(value, list):
            pairs = [("", item) for item in value]
        return [(key, name, self._resolve(key, text)) for name, text in pairs if text]

    def _resolve(self, key: str, text: object) -> Path:
        if not isinstance(text, str):
            raise UserError(
                f"{self.path}: {key} contains {text!r}, which isn't a string"
            )
        found = self.path.parent / Path(text).expanduser()
        if self.inside and not found.resolve().is_relative_to(self.inside.resolve()):
            raise UserError(
                f"{self.path}: {key} names {text}, which is outside the repository",
                suggestions=["name it in ~/.config/dte/config.toml, or with an option"],
            )
        return found

    def read_speed(self) -> str:
        """Return the factor as a string, or an empty string without the key `speed`."""
        value = self.values.get("speed", "")
        if value == "":
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise UserError(f"{self.path}: speed is {value!r}, not a number above 0")
        return f"{value:g}"
