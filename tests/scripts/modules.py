"""The orb's scripts as modules of a test's own process."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.scripts.conftest import SCRIPTS


def load_script(name: str) -> ModuleType:
    """scripts/<name>.py as a module, without running it."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
