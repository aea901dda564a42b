"""Imports the orb's scripts into a test's process."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

from tests.scripts.conftest import SCRIPTS


def load_script(name: str) -> ModuleType:
    """Import scripts/<name>.py without running it."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def list_imported(*names: str) -> dict[str, Path]:
    """Return the orb's modules with these names and all that they import, by name."""
    files = {path.stem: path for path in SCRIPTS.rglob("*.py")}
    found: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found or name not in files:
            continue
        found[name] = files[name]
        for node in ast.walk(ast.parse(files[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting.append(node.module)
            elif isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names]
    return found
