"""Where the tools put things: all of them inside the repository's folder."""

from pathlib import Path
from typing import NamedTuple


class Places(NamedTuple):
    """The folders of one copy of the repository."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def tools(self) -> Path:
        """What is not a Python package: Node, Go and CircleCI's CLI."""
        return self.root / ".tools"

    @property
    def commands(self) -> Path:
        """Commands that make puts first on PATH: node, npm, npx, circleci."""
        return self.tools / "bin"

    @property
    def cache(self) -> Path:
        """Downloads and build caches; may be deleted at any time."""
        return self.root / ".cache"

    @property
    def requirements(self) -> Path:
        """The lock files."""
        return self.root / "tools" / "requirements"
