"""Runs git in temporary repositories."""

from __future__ import annotations

import itertools
import os
import subprocess
from pathlib import Path

CLOCK = itertools.count(1_790_000_000, 60)


def git(folder: Path, *words: str, text: str = "") -> str:
    """Run git in `folder` and return its output.

    Commits have a fixed author and dates a minute apart, and git ignores this machine's
    configuration.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    for role in ("AUTHOR", "COMMITTER"):
        environment[f"GIT_{role}_NAME"] = "Someone"
        environment[f"GIT_{role}_EMAIL"] = "someone@example.com"
        environment[f"GIT_{role}_DATE"] = f"{next(CLOCK)} +0000"
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def make_repository(folder: Path) -> Path:
    """Make `folder` a repository with one commit of all its files on main."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_all(folder)
    return folder


def commit_all(folder: Path, subject: str = "Change something") -> None:
    """Commit all files of `folder`, even if none has changed."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", subject)
