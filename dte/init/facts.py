"""The facts that `dte init` detects in a workspace, and their sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Fact(NamedTuple):
    """A value, and the file or setting that contains it; both are empty if unknown."""

    value: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{self.value} (from {self.source})" if self.source else self.value


@dataclass(frozen=True)
class Facts:
    """The facts that decide what a config contains.

    ``folder`` is the path of the Nx workspace in the repository, `.` for its root.
    ``node`` and ``package_manager`` are texts such as `>=20` and `pnpm@9.1.0`.
    ``distribute_on`` is empty if there is no .nx/ci-config.yaml. ``notes`` are
    sentences about what the user has to do.
    """

    repository: Path
    folder: str
    package_manager: Fact
    node: Fact
    nx: Fact
    targets: tuple[str, ...]
    targets_source: str
    main_branch: Fact
    distribute_on: Fact
    notes: tuple[str, ...] = ()
