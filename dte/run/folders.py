"""Where a rehearsal keeps its files: one folder, removed at the end.

The names are short because Nx puts its sockets below the job's folder, and a socket's
path may have about 100 characters.
"""

import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class JobFolder:
    """One job's home, temporary folder and Nx folders."""

    root: Path

    @property
    def home(self) -> Path:
        """The job's `~`."""
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        """The job's TMPDIR."""
        return self.root / "tmp"

    @property
    def commands(self) -> Path:
        """Commands that CircleCI puts on every job's PATH."""
        return self.root / "bin"

    def nx(self, name: str) -> Path:
        """A folder that Nx would otherwise share between clones."""
        return self.root / "nx" / name

    def create(self) -> None:
        """Make the folders that a job expects."""
        for folder in (self.home, self.temporary, self.commands):
            folder.mkdir(parents=True)


@dataclass(frozen=True)
class RehearsalFolder:
    """The rehearsal's folder and its subfolders."""

    root: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def next_job(self) -> JobFolder:
        """The folder for one more job; it doesn't exist yet."""
        return JobFolder(self.root / "j" / str(next(self._numbers)))

    def subfolder(self, name: str) -> Path:
        """A folder for one part of the rehearsal; creates it if it is missing."""
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@contextmanager
def open_folder(*, keep: bool) -> Iterator[RehearsalFolder]:
    """A fresh folder, removed at the end unless `keep` is set."""
    root = Path(tempfile.mkdtemp(prefix="dte-")).resolve()
    try:
        yield RehearsalFolder(root)
    finally:
        if not keep:
            remove_tree(root)


def remove_tree(root: Path) -> None:
    """Remove `root`, including folders in it that are read-only."""

    def allow(function: Callable[..., Any], path: str, _error: object) -> None:
        for target in (Path(path).parent, Path(path)):
            if target.exists() and not target.is_symlink():
                target.chmod(target.stat().st_mode | stat.S_IRWXU)
        function(path)

    if sys.version_info >= (3, 12):
        shutil.rmtree(root, onexc=allow)
    else:
        shutil.rmtree(root, onerror=allow)
