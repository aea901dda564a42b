"""Packs an orb's folder as `circleci orb pack` of CLI v0.1 does.

Each `commands/x.yml` becomes `commands: {x: …}`, and jobs, executors and examples
are packed in the same way. The keys of `@orb.yml` and of other YAML files in the root
become top-level keys. A key that the CLI would silently drop is an error here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.model import Where
from dte.pack.examples import read_examples
from dte.pack.include import include_files
from dte.pack.repository import find_repository, refuse_outside
from dte.parse import LocatedMap, error_at, read_yaml
from dte.parse.expect import describe, known_keys
from dte.parse.scalars import Dialect

FOLDERS = ("executors", "jobs", "commands", "examples")
TOP_KEYS = ("version", "description", "display", "orbs", *FOLDERS)
_WITH_INCLUDES = ("jobs", "commands", "executors")
_ROOT = "@orb.yml"
_AT_FILE = re.compile(r"@.*\.(yml|yaml)")
_YAML_FILE = re.compile(r"[^.].*\.(yml|yaml)")


def pack_orb(folder: Path, *, with_examples: bool = True) -> LocatedMap:
    """Return the packed document of the orb in `folder`, with source positions.

    Raises UserError if the CLI would refuse the folder or silently drop a key. Without
    `with_examples`, the files of the examples are not read.
    """
    if not folder.is_dir():
        advice = (f"Give the folder that contains {_ROOT}, or a packed file.",)
        message = f"{folder}: no such folder"
        raise UserError(message, suggestions=advice, code="file")
    if not (folder / _ROOT).exists():
        advice = (f"Give the folder that contains {_ROOT}, or a packed file.",)
        message = f"{folder}: has no {_ROOT}, so it is not an orb's folder"
        raise UserError(message, suggestions=advice, code="file")
    left_out = () if with_examples else ("examples",)
    document = _pack_folder(
        folder, find_repository(folder), root=True, left_out=left_out
    )
    known_keys(document, TOP_KEYS, "orb")
    packed = LocatedMap(document.where)
    for key, value in document.items():
        if key in _WITH_INCLUDES:
            value = include_files(value, folder, document.where_is(key))
        elif key == "examples":
            if not with_examples:
                continue
            value = read_examples(value, document.where_is(key))
        packed.put(key, value, document.where_is(key))
    return packed


def _pack_folder(
    folder: Path, repository: Path, *, root: bool, left_out: tuple[str, ...] = ()
) -> LocatedMap:
    tree = LocatedMap(Where(str(folder / _ROOT if root else folder), 1))
    for entry in _entries(folder):
        if entry.name in left_out:
            continue
        refuse_outside(entry, repository)
        if entry.is_dir():
            below = _pack_folder(entry, repository, root=False)
            _merge_at(tree, entry.name, below)
            continue
        content = _read_mapping(entry)
        if root or _AT_FILE.fullmatch(entry.name):
            _merge(tree, content)
        else:
            _merge_at(tree, entry.stem, content)
    return tree


def _entries(folder: Path) -> Iterator[Path]:
    """Return the entries that the CLI reads, sorted by the bytes of their names."""
    for path in sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name)):
        if path.is_dir():
            if path.name in FOLDERS:
                yield path
        elif _YAML_FILE.fullmatch(path.name):
            yield path


def _read_mapping(path: Path) -> LocatedMap:
    value = read_yaml(path, Dialect.CLI)
    if value is None:
        return LocatedMap(Where(str(path), 1))
    if not isinstance(value, LocatedMap):
        message = f"must contain a mapping, not {describe(value)}"
        advice = ("Write lines of key: value.",)
        where = Where(str(path), 1)
        raise error_at(where, message, suggestions=advice, code="type")
    return value


def _merge(tree: LocatedMap, other: LocatedMap) -> None:
    for key, value in other.items():
        tree.put(key, value, other.where_is(key))


def _merge_at(tree: LocatedMap, key: str, content: LocatedMap) -> None:
    """Merge `content` into the mapping that `tree` may already have under `key`."""
    below: Any = tree.get(key)
    merged = LocatedMap(content.where)
    if isinstance(below, LocatedMap):
        _merge(merged, below)
    elif below is not None:
        message = f'"{key}" is a folder or file too, so it must be a mapping here'
        advice = (f"Move its content to the folder {key}, or rename it.",)
        where = tree.where_is(key)
        raise error_at(where, message, suggestions=advice, code="type")
    _merge(merged, content)
    tree.put(key, merged, content.where)
