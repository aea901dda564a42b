"""The files of the repository, for the tests that check rules on all of them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def repository_files() -> list[Path]:
    """Return every existing file that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return sorted(ROOT / name for name in names if (ROOT / name).is_file())


def text_files() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each text file."""
    for path in repository_files():
        try:
            yield name_of(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def python_files(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the syntax tree of each Python file below `folders`."""
    for path in repository_files():
        name = name_of(path)
        if path.suffix == ".py" and (not folders or name.startswith(folders)):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return a path relative to the repository's root, with slashes."""
    return path.relative_to(ROOT).as_posix()
