"""Puts a namespace into every file that names the orb (`make claim`)."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tools.failures import exit_with
from tools.publishing.identity import Identity, check_namespace, read_identity


def claim(root: Path, wanted: str) -> list[str]:
    """Replace the current namespace with `wanted`; return the names of changed files.

    It assumes that the GitHub repository's owner has the same name as the namespace.
    """
    check_namespace(wanted)
    now = read_identity(root)
    changed = []
    for name in tracked_files(root):
        path = root / name
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if (claimed := replace_namespace(text, now, wanted)) != text:
            path.write_text(claimed, encoding="utf-8")
            changed.append(name)
    format_again(root, changed)
    return changed


def format_again(root: Path, names: list[str]) -> None:
    """Let ruff format the Python files, since a longer name may need a new line."""
    python = [name for name in names if name.endswith(".py")]
    if python:
        command = [sys.executable, "-m", "ruff", "format", "--quiet", *python]
        subprocess.run(command, cwd=root, check=True)


def replace_namespace(text: str, now: Identity, wanted: str) -> str:
    """Replace `namespace/orb`, as a whole word, and the namespace in pyproject.toml."""
    reference = rf"(?<![\w-]){re.escape(now.namespace)}/{re.escape(now.orb)}(?![\w-])"
    line = rf'^namespace = "{re.escape(now.namespace)}"$'
    text = re.sub(reference, f"{wanted}/{now.orb}", text)
    return re.sub(line, f'namespace = "{wanted}"', text, flags=re.MULTILINE)


def tracked_files(root: Path) -> list[str]:
    """Return the regular files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted({name for name in listed.stdout.split("\0") if name})
    return [n for n in names if (root / n).is_file() and not (root / n).is_symlink()]


def main() -> None:
    """Claim the namespace in the variable `NAMESPACE` for the current folder."""
    for name in claim(Path.cwd(), os.environ.get("NAMESPACE", "")):
        print(f"changed {name}")
    print("Check the addresses in orb/@orb.yml, then run: make check")


if __name__ == "__main__":
    sys.exit(exit_with(main))
