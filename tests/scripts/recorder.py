"""Runs a program of the orb, and records the position of each message it creates.

Arguments: the record file, the folder with the modules, the program's name. Tests
start this module with `python -I -S`, as a step does, so it can import only the
standard library.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any


def record_messages(failures: ModuleType, find_record: Callable[[], str]) -> None:
    """Make `Refusal` and `say` append their caller's `module:line` to the record."""

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            frame = sys._getframe(1)
            while frame.f_code.co_name == "__init__" and frame.f_back:
                frame = frame.f_back
            module = Path(frame.f_code.co_filename).name
            with Path(find_record()).open("a", encoding="utf-8") as file:
                file.write(f"{module}:{frame.f_lineno}\n")
            return function(*args, **kwargs)

        return call

    failures.Refusal.__init__ = watch(failures.Refusal.__init__)
    failures.say = watch(failures.say)  # type: ignore[attr-defined]


if __name__ == "__main__":
    path, folder, name = sys.argv[1:]
    sys.path.insert(0, folder)
    import failures

    record_messages(failures, lambda: path)
    sys.argv = [folder, name]
    import begin  # noqa: F401
