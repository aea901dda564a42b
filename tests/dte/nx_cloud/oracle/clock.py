"""Records the waits of each client, and divides all of them by the same factor."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .sides import wait_until

SCRIPT = Path(__file__).parent / "clock.js"


@dataclass(frozen=True)
class Clock:
    """The file in which a client's processes record their waits."""

    file: Path
    speed: int

    def environment(self) -> dict[str, str]:
        """Return the variables that load `clock.js`, which alone shortens the waits."""
        return {
            "NODE_OPTIONS": f"--require {SCRIPT}",
            "CLOCK_FILE": str(self.file),
            "CLOCK_SPEED": str(self.speed),
            "DTE_NX_CLOUD_SPEED": "1",
        }

    def waits(self) -> list[float]:
        """Return the waits so far, in seconds at real speed."""
        if not self.file.exists():
            return []
        return [float(line) / 1000 for line in self.file.read_text().split()]

    def wait_for(self, count: int) -> None:
        """Wait until a client has begun its `count`-th wait."""
        wait_until(lambda: len(self.waits()) >= count)
