"""Copies files between a job's home folder and the stores of the rehearsal.

Only regular files, folders and links are copied. A link must point inside the home
folder. An absolute link becomes relative, since each job has its own home folder.
Nothing is written through a link that leads out of the home folder.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dte.run.interrupt import Interrupt
from dte.run.results import StepFailure
from dte.words import count_of

_PIECE = 1 << 20


@dataclass
class Copier:
    """Copies files from or to `boundary`, the job's home, and counts files and bytes.

    Lists the entries that it skips. Raises `StepFailure` after `limit` bytes.
    """

    boundary: Path
    interrupt: Interrupt
    say: Callable[[str], None]
    limit: int | None = None
    files: int = 0
    bytes: int = 0
    skipped: list[str] = field(default_factory=list)

    def collect(self, source: Path, target: Path) -> None:
        """Copy from the home into a store; `source` has to be inside the home."""
        self._refuse_outside(source)
        self._copy(source, target)

    def lay_out(self, source: Path, target: Path) -> None:
        """Copy from a store into the home; `target` has to be inside the home."""
        self._refuse_outside(target)
        self._copy(source, target, into_home=True)

    def watch(self, paths: Iterable[Path]) -> Iterator[Path]:
        """Yield the paths; raises `StepFailure` if the user interrupts.

        Use this for the matches of a pattern, because there may be very many.
        """
        for path in paths:
            self._refuse_interrupted()
            yield path

    def report(self) -> None:
        """Print the entries that were skipped."""
        if self.skipped:
            shown = ", ".join(self.skipped[:3])
            more = "" if len(self.skipped) <= 3 else ", …"
            self.say(
                f"Skipped {count_of(len(self.skipped), 'item')} (devices, pipes, "
                f"sockets or links that lead out of the job's home): {shown}{more}"
            )

    def _copy(self, source: Path, target: Path, *, into_home: bool = False) -> None:
        self._refuse_interrupted()
        mode = source.lstat().st_mode
        if stat.S_ISLNK(mode):
            self._copy_link(source, target, into_home=into_home)
        elif stat.S_ISDIR(mode):
            if target.is_symlink():
                self._refuse_outside(target / "x")
            target.mkdir(parents=True, exist_ok=True)
            for child in sorted(source.iterdir()):
                self._copy(child, target / child.name, into_home=into_home)
        elif stat.S_ISREG(mode):
            self._make_room(target, into_home=into_home)
            self._copy_file(source, target)
            self.files += 1
        else:
            self.skipped.append(str(source))

    def _copy_file(self, source: Path, target: Path) -> None:
        with source.open("rb") as reader, target.open("wb") as writer:
            while piece := reader.read(_PIECE):
                self._refuse_interrupted()
                self._count(len(piece))
                writer.write(piece)
        shutil.copystat(source, target)

    def _count(self, size: int) -> None:
        self.bytes += size
        if self.limit is not None and self.bytes > self.limit:
            raise StepFailure(
                f"more than {self.limit:,} bytes: allow more with --size-limit"
            )

    def _refuse_interrupted(self) -> None:
        if self.interrupt.pressed:
            raise StepFailure("the copy was interrupted")

    def _copy_link(self, source: Path, target: Path, *, into_home: bool) -> None:
        text = os.readlink(source)  # noqa: PTH115 - Path would normalize the text
        if not into_home:
            folder = source.parent.resolve()
            # Not resolved: `_refuse_outside` checks links on the way to `aim` later.
            aim = Path(os.path.normpath(folder / text))
            if not aim.is_relative_to(self.boundary.resolve()):
                self.skipped.append(str(source))
                return
            if Path(text).is_absolute():
                text = os.path.relpath(aim, folder)
        self._make_room(target, into_home=into_home)
        target.symlink_to(text)
        self.files += 1

    def _make_room(self, target: Path, *, into_home: bool) -> None:
        if into_home:
            self._refuse_outside(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            target.unlink()

    def _refuse_outside(self, target: Path) -> None:
        if not target.parent.resolve().is_relative_to(self.boundary.resolve()):
            raise StepFailure(f"{target} leads out of the job's home through a link")
