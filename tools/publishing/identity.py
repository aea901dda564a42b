"""The orb's name in the registry, as `[tool.dte]` of pyproject.toml gives it."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from tools.failures import ToolError

PLACEHOLDER = "your-namespace"
TAKEN = {"circleci", PLACEHOLDER}
VALID = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")


class Identity(NamedTuple):
    """The namespace and the name of the orb, as in `namespace/name@version`."""

    namespace: str
    orb: str


def read_identity(root: Path) -> Identity:
    """Read `[tool.dte]` of pyproject.toml."""
    document = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    table = document["tool"]["dte"]
    return Identity(table["namespace"], table["orb"])


def check_namespace(wanted: str) -> None:
    """Raise `ToolError` unless `wanted` can be the namespace of this orb."""
    if not wanted:
        raise ToolError(
            "no namespace given.", suggestions=["make claim NAMESPACE=your-own"]
        )
    if wanted in TAKEN:
        raise ToolError(
            f"the namespace {wanted!r} belongs to somebody else.",
            suggestions=["Give your organization's namespace in CircleCI's registry."],
        )
    if not VALID.fullmatch(wanted):
        raise ToolError(
            f"{wanted!r} is not a valid namespace.",
            suggestions=[
                "Use lowercase letters, digits, - and _, at most 64, without a slash.",
                "Create one with: circleci namespace create NAME --org-id ID",
            ],
        )
