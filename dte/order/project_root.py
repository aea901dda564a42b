"""Finds the project and its config if the user doesn't name them."""

from collections.abc import Sequence
from pathlib import Path

CONFIG = Path(".circleci", "config.yml")


def find_project(folder: Path) -> Path:
    """Return the nearest clone or folder with a CircleCI config, at or above `folder`.

    Returns `folder` itself if there is no such clone or folder.
    """
    for parent in (folder, *folder.parents):
        if (parent / CONFIG).is_file() or (parent / ".git").exists():
            return parent
    return folder


def split_words(words: Sequence[str], project: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the config and the names of jobs in `[CONFIG] [JOB]...`."""
    if words and (Path(words[0]).is_file() or words[0].endswith((".yml", ".yaml"))):
        return Path(words[0]), tuple(words[1:])
    return project / CONFIG, tuple(words)
