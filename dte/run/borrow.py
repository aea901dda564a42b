"""Makes a bare repository from a user's clone without running git in the clone.

Some settings of a repository, such as `core.fsmonitor` and filters, are commands that
git runs. The project may be somebody else's, so its configuration is never used. The
new repository contains copies of the clone's refs, and uses the clone's objects as an
alternate (`objects/info/alternates`).
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from dte.errors import UserError
from dte.run.git import run_git

_FORMAT_KEYS = (
    r"^(core\.repositoryformatversion"
    r"|extensions\.(objectformat|refstorage|partialclone))$"
)
_SHARED = ("packed-refs", "reftable", "refs")


class Clone(NamedTuple):
    """A clone's two git folders, which differ if the clone is a worktree of another."""

    own: Path
    common: Path


def locate_clone(source: Path) -> Clone:
    """Return the folders of the clone whose working tree is `source`.

    Raises `UserError` if `source` isn't a clone, and `OSError` if it can't be read.
    """
    own = source / ".git"
    if own.is_file():
        text = own.read_text(encoding="utf-8").strip()
        if not text.startswith("gitdir: "):
            raise UserError(f"{own} does not name a git folder")
        own = source / text.removeprefix("gitdir: ")
    common = own
    if (own / "commondir").is_file():
        common = own / (own / "commondir").read_text(encoding="utf-8").strip()
    if not (common / "objects").is_dir():
        raise UserError(f"{common} is not a git repository")
    return Clone(own.resolve(), common.resolve())


def borrow(clone: Clone, origin: Path) -> None:
    """Make the bare repository `origin` with the refs and objects of the clone.

    Raises `OSError` if the clone can't be read.
    """
    # Raises `OSError` for an unreadable folder; git would only say: missing commits.
    os.listdir(clone.common / "objects")  # noqa: PTH208
    origin.mkdir(parents=True)
    for folder in ("objects/info", "refs"):
        (origin / folder).mkdir(parents=True)
    alternate = str(clone.common / "objects")
    (origin / "objects" / "info" / "alternates").write_text(_quote(alternate) + "\n")
    for name in _SHARED:
        path = clone.common / name
        if path.is_dir():
            shutil.copytree(path, origin / name, dirs_exist_ok=True)
        elif path.is_file():
            shutil.copy(path, origin / name)
    shutil.copy(clone.own / "HEAD", origin / "HEAD")
    _copy_format(clone, origin)


def _quote(path: str) -> str:
    """Return the path; raises `UserError` if `alternates` can't contain this path."""
    if path.startswith(("#", '"')) or "\n" in path:
        raise UserError(f"the path {path!r} can't be used")
    return path


def _copy_format(clone: Clone, origin: Path) -> None:
    """Copy only the settings that describe how the repository is stored."""
    config = clone.common / "config"
    (origin / "config").write_text("[core]\n\tbare = true\n")
    if not config.is_file():
        return
    words = ("config", "--file", str(config), "--no-includes", "--null")
    with suppress(UserError):
        found = run_git(*words, "--get-regexp", _FORMAT_KEYS, cwd=origin.parent)
        settings = dict(one.split("\n", 1) for one in found.split("\0") if "\n" in one)
        for key, value in settings.items():
            run_git("config", "--file", "config", key, value, cwd=origin)


def is_dirty(clone: Clone, source: Path, origin: Path) -> bool:
    """Return whether `source` has uncommitted changes, using a copy of the index."""
    index = origin.parent / "index"
    try:
        shutil.copy(clone.own / "index", index)
        for shared in clone.own.glob("sharedindex.*"):
            shutil.copy(shared, origin / shared.name)
    except OSError:
        index.unlink(missing_ok=True)
    words = ("--work-tree", str(source), "status", "--porcelain")
    git_dir = ("-c", "core.bare=false", "--git-dir", str(origin))
    more = ("--ignore-submodules=all",)
    try:
        shown = run_git(*git_dir, *words, *more, cwd=source, GIT_INDEX_FILE=str(index))
    except UserError:
        return False
    return bool(shown)
