"""Where the set-up puts things: all of them inside the repository's folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The folders of one copy of the repository."""

    root: Path

    @classmethod
    def of_this_repository(cls) -> "Places":
        """The places of the repository that this file belongs to."""
        return cls(Path(__file__).resolve().parents[2])

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.environment / "bin" / "python"

    @property
    def commands(self) -> Path:
        """Commands that make puts in front of PATH: node, npm, npx, circleci."""
        return self.root / ".tools" / "bin"

    @property
    def cache(self) -> Path:
        """Downloads, logs and build caches; may be deleted at any time."""
        return self.root / ".cache"

    @property
    def requirements(self) -> Path:
        """The lock files for pip."""
        return self.root / "tools" / "requirements"

    def site_packages(self) -> Path:
        """Where pip put the packages, whichever Python made the environment."""
        return next(self.environment.glob("lib/python3*/site-packages"))
