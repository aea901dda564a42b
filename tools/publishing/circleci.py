"""Runs CircleCI's command line, without ever showing the token.

The token travels in the environment: arguments are visible to every user of a machine.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.bootstrap.places import Places
from tools.failures import ToolError

HIDDEN = "(the token)"


@dataclass(frozen=True)
class CircleCI:
    """The command line with the token and the host that it talks to."""

    command: Path
    home: Path
    token: str = ""
    host: str = ""

    @classmethod
    def of(cls, places: Places, *, token: str, host: str) -> "CircleCI":
        """The one that `make` builds, with a home inside the repository."""
        home = places.cache / "circleci-home"
        home.mkdir(parents=True, exist_ok=True)
        return cls(places.commands / "circleci", home, token, host)

    def run(self, *words: str | Path, refusal: str) -> str:
        """What it printed; where it fails, an error that starts with `refusal`."""
        host = ["--host", self.host] if self.host else []
        command = [str(self.command), "--skip-update-check", *host, *map(str, words)]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                env=self.environment(),
                check=False,
            )
        except OSError as error:
            raise ToolError(
                "CircleCI's command line is not there.",
                details=str(error),
                suggestions=["make setup-circleci builds it"],
            ) from None
        if done.returncode != 0:
            said = self.hide(done.stderr or done.stdout)
            raise ToolError(refusal, details=said, exit_code=1)
        return self.hide(done.stdout)

    def environment(self) -> dict[str, str]:
        """The environment for it: no other token, no settings of the person's home."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith("CIRCLE")}
        given = {"CIRCLECI_CLI_TOKEN": self.token} if self.token else {}
        own = {"HOME": str(self.home), "CIRCLECI_CLI_TELEMETRY_OPTOUT": "1"}
        return {**kept, **own, **given}

    def hide(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self.token, HIDDEN) if self.token else text
