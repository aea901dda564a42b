"""Reads optional files of a workspace."""

from pathlib import Path

from dte.errors import UserError
from dte.parse import read_text


def read_optional(path: Path) -> str:
    """Return the text of a file, or an empty string if it can't be read."""
    try:
        return read_text(path)
    except UserError:
        return ""
