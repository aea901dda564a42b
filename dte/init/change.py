"""A change to one config file, which can be shown as a diff or written."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from dte.errors import UserError

_NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True)
class Change:
    """The text of a config before and after the change.

    ``before`` is None if the file doesn't exist. ``notes`` are sentences about what the
    user has to do by hand.
    """

    path: Path
    before: str | None
    after: str
    notes: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether the file changes."""
        return self.before != self.after

    def diff(self, repository: Path) -> str:
        """Return a unified diff that `git apply` accepts; empty if nothing changes.

        Paths are relative to the repository's root, as in git's own diffs, so applying
        the diff in a subfolder needs `git -C`.
        """
        name = self.path.relative_to(repository).as_posix()
        lines = difflib.unified_diff(
            _split(self.before or ""),
            _split(self.after),
            "/dev/null" if self.before is None else f"a/{name}",
            f"b/{name}",
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines
        )

    def write(self) -> None:
        """Write the file; raises `UserError` if it can't be written."""
        try:
            self.path.parent.mkdir(exist_ok=True)
            self.path.write_bytes(self.after.encode("utf-8"))
        except OSError as error:
            raise UserError(
                f"{self.path} can't be written: {error.strerror or error}",
                suggestions=["make the file and its folder writable, and run it again"],
            ) from error


def refuse_links(path: Path, repository: Path) -> None:
    """Raise `UserError` if the config or a folder above it is a symbolic link."""
    for part in (path, *path.parents):
        if part == repository:
            return
        if part.is_symlink():
            raise UserError(
                f"{part} is a link to {part.readlink()}; dte init changes only "
                "regular files",
                suggestions=["name the file that it points to: dte init CONFIG"],
            )


def _split(text: str) -> list[str]:
    """Return the lines of `text`; only a line feed ends a line, as in git."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]
