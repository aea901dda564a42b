"""Caches: each is saved once under a key, and restored by a prefix of its key.

Source: CircleCI docs, "Caching dependencies" and Configuration reference,
`save_cache` and `restore_cache`: an existing key is never
overwritten, and a restore takes the newest cache whose key starts with a given key.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock

from dte.run.copying import Copier
from dte.run.results import StepFailure

_TEMPLATE = re.compile(r"\{\{\s*(.*?)\s*\}\}")


@dataclass(frozen=True)
class CachedPath:
    """One saved path: its location below the job's home, and the stored copy."""

    below_home: Path
    copy: Path


class Caches:
    """All caches of a rehearsal; workflows and pipelines share them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries: dict[str, tuple[CachedPath, ...]] = {}
        self._saves = count(1)
        self._lock = Lock()

    def save(self, key: str, paths: Sequence[Path], copier: Copier) -> bool:
        """Save `paths` under `key`; returns False if the key already exists."""
        home = copier.boundary
        with self._lock:
            if key in self._entries:
                return False
            saved = []
            folder = self._folder / str(next(self._saves))
            for number, path in enumerate(paths):
                copy = folder / str(number)
                if not path.is_relative_to(home):
                    raise StepFailure(f"{path} is outside the job's home")
                if path.exists():
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copier.collect(path, copy)
                    saved.append(CachedPath(path.relative_to(home), copy))
            self._entries[key] = tuple(saved)
            return True

    def restore(self, keys: Sequence[str], copier: Copier) -> str | None:
        """Restore the newest cache for the first of `keys` that matches a cache.

        A cache matches if its own key starts with the wanted key. Returns the own key
        of the restored cache, or None.
        """
        key = self._find(keys)
        # A saved cache never changes, so several jobs may restore it at the same time.
        for saved in self._entries.get(key, ()) if key else ():
            if saved.copy.exists():
                copier.lay_out(saved.copy, copier.boundary / saved.below_home)
        return key

    def _find(self, keys: Sequence[str]) -> str | None:
        with self._lock:
            for wanted in keys:
                for key in reversed(self._entries):
                    if key.startswith(wanted):
                        return key
        return None

    def lose(self) -> None:
        """Drop all caches, as CircleCI does when the retention period ends."""
        with self._lock:
            self._entries.clear()


def fill_key(
    template: str, env: Mapping[str, str], resolve_path: Callable[[str], Path]
) -> str:
    """Return the key with its templates filled in, or raise `StepFailure`.

    `resolve_path` returns the file for the path in `checksum`. This path may start with
    `~`, as in circleci/circleci-docs, "Language Guide: Java".
    """

    def fill(match: re.Match[str]) -> str:
        return _fill_expression(match[1], env, resolve_path)

    return _TEMPLATE.sub(fill, template)


def _fill_expression(
    words: str, env: Mapping[str, str], resolve_path: Callable[[str], Path]
) -> str:
    name, _, argument = words.partition(" ")
    if name.startswith(".Environment."):
        return env.get(name.removeprefix(".Environment."), "<no value>")
    if name == "checksum":
        path = resolve_path(argument.strip().strip('"'))
        if not path.is_file():
            raise StepFailure(f"checksum: there is no file {path}")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    known = {
        ".Branch": env.get("CIRCLE_BRANCH", ""),
        ".BuildNum": env.get("CIRCLE_BUILD_NUM", ""),
        ".Revision": env.get("CIRCLE_SHA1", ""),
        "epoch": str(int(time.time())),
        "arch": "linux-amd64",
    }
    if name not in known:
        raise StepFailure(
            f"the cache key contains {{{{ {words} }}}}, which dte doesn't support"
        )
    return known[name]
