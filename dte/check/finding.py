"""A finding: what is wrong, where, and how to fix it."""

from __future__ import annotations

from dataclasses import dataclass

from dte.model import Where

PAGE = "https://github.com/your-namespace/dte/blob/main/docs/check.md"


@dataclass(frozen=True)
class Finding:
    """One problem in a config; ``fix`` lists ways to fix it, ``link`` explains it."""

    code: str
    where: Where
    message: str
    fix: tuple[str, ...]
    link: str


def finding(code: str, where: Where, message: str, *fix: str) -> Finding:
    """Make a finding; `code` is the code of its rule, such as `dte-check-no-guard`."""
    return Finding(code, where, message, fix, f"{PAGE}#{code}")
