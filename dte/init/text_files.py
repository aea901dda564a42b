"""Reads files that a workspace may have."""

from pathlib import Path

from dte.errors import UserError
from dte.parse import read_text


def read_optional(path: Path) -> str:
    """The text of a file, or an empty text if it can't be read."""
    try:
        return read_text(path)
    except UserError:
        return ""
