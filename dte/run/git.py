"""Runs git for the rehearsal itself (not for a job), without the user's settings."""

import os
import subprocess
from pathlib import Path

from dte.errors import UserError

_IDENTITY = {
    "GIT_AUTHOR_NAME": "dte",
    "GIT_AUTHOR_EMAIL": "dte@example.invalid",
    "GIT_COMMITTER_NAME": "dte",
    "GIT_COMMITTER_EMAIL": "dte@example.invalid",
}
# Disables git's maintenance, which would run in the background.
_CONFIG = Path(__file__).with_name("gitconfig")


def run_git(*words: str, cwd: Path, **more_env: str) -> str:
    """Return git's stdout without its last newline; raises `UserError` if git fails."""
    env = {
        name: text for name, text in os.environ.items() if not name.startswith("GIT_")
    }
    result = subprocess.run(
        ["git", *words],
        cwd=cwd,
        env={
            **env,
            **_IDENTITY,
            "GIT_CONFIG_GLOBAL": str(_CONFIG),
            "GIT_NO_LAZY_FETCH": "1",
            "LC_ALL": "C",
            **more_env,
        },
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    if result.returncode:
        raise UserError(
            f"git {words[0]} failed in {cwd}: {result.stderr.strip()}",
            suggestions=["pass a git repository or a folder as --project"],
        )
    return result.stdout.removesuffix("\n")
