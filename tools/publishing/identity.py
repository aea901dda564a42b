"""The orb's name in the registry, as `[tool.dte]` of pyproject.toml gives it."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tools.failures import ToolError

PLACEHOLDER = "your-namespace"
TAKEN = {"circleci", PLACEHOLDER}
FITTING = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")


@dataclass(frozen=True)
class Identity:
    """The namespace and the name of the orb, as in `namespace/name@version`."""

    namespace: str
    orb: str

    @property
    def is_claimed(self) -> bool:
        """Whether the namespace is more than the placeholder."""
        return self.namespace != PLACEHOLDER

    def at(self, version: str) -> str:
        """The full reference to one version."""
        return f"{self.namespace}/{self.orb}@{version}"


def read_identity(root: Path) -> Identity:
    """What `[tool.dte]` of pyproject.toml says."""
    document = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    table = document["tool"]["dte"]
    return Identity(table["namespace"], table["orb"])


def check_namespace(wanted: str) -> None:
    """Refuse what cannot be a namespace of this orb, before anything is changed."""
    if not wanted:
        raise ToolError(
            "no namespace given.", suggestions=["make claim NAMESPACE=your-own"]
        )
    if wanted in TAKEN:
        raise ToolError(
            f"{wanted!r} is not yours to claim.",
            suggestions=[
                "Give the namespace of your organisation in CircleCI's registry."
            ],
        )
    if not FITTING.fullmatch(wanted):
        raise ToolError(
            f"{wanted!r} cannot be a namespace.",
            suggestions=[
                "Lowercase letters, digits, - and _, at most 64, without a slash.",
                "Your organisation's: circleci namespace create NAME --org-id ID",
            ],
        )
