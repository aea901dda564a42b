"""The folder in which a rehearsal keeps its files; it is removed at the end.

The names are short because Nx puts its sockets below the job's folder, and a socket's
path may have only about 100 characters.
"""

import fcntl
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from dte.run.processes import end_marked

_PREFIX = "dte-"
_LOCK = "running"


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
        """The folder with the commands that CircleCI puts on every job's PATH."""
        return self.root / "bin"

    def nx(self, name: str) -> Path:
        """Return the job's folder, in place of one that Nx shares between clones."""
        return self.root / "nx" / name

    @property
    def caches(self) -> Path:
        """The folder for caches that package managers would keep outside the home."""
        return self.root / "caches"

    def create(self) -> None:
        """Make the folders that a job expects.

        As root, Yarn 1 would put its cache in a folder that all users share. The file
        `.yarnrc` sets another folder, which a step's variable can still override.
        """
        for folder in (self.home, self.temporary, self.commands):
            folder.mkdir(parents=True)
        (self.home / ".yarnrc").write_text(f'cache-folder "{self.caches / "yarn"}"\n')


@dataclass(frozen=True)
class RehearsalFolder:
    """The rehearsal's folder and its subfolders."""

    root: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def next_job(self) -> JobFolder:
        """Return a folder for one more job, without creating it."""
        return JobFolder(self.root / "j" / str(next(self._numbers)))

    def subfolder(self, name: str) -> Path:
        """Return the subfolder called `name`, which is created if it is missing."""
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@contextmanager
def open_folder(*, keep: bool) -> Iterator[RehearsalFolder]:
    """Yield a fresh folder, removed at the end unless `keep` is set.

    First, removes the folders of rehearsals that were killed. A running rehearsal holds
    a lock on a file in its folder, so its folder stays.
    """
    remove_leftovers(Path(tempfile.gettempdir()))
    root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    draft = root / f"{_LOCK}-soon"
    with draft.open("w") as lock:
        # Another rehearsal would remove a folder whose lock is free, so the file is
        # locked before it gets its final name.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        draft.rename(root / _LOCK)
        try:
            yield RehearsalFolder(root)
        finally:
            if keep:
                (root / _LOCK).unlink()
            else:
                remove_tree(root)


def remove_leftovers(parent: Path) -> None:
    """Remove the folders of killed rehearsals, and kill the processes they left."""
    for lock_path in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):
            root = lock_path.parent
            if root.is_symlink() or root.stat().st_uid != os.getuid():
                continue
            with lock_path.open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                end_marked(f"{root.resolve()}/")
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
