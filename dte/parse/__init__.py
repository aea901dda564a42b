"""Parses YAML text into plain values that remember their positions.

This is the first of the stages parse, pack, compile, plan, run and report.
"""

from dte.parse.expect import error_at, nearest
from dte.parse.located import LocatedList, LocatedMap
from dte.parse.read import parse_yaml, read_text, read_yaml

__all__ = [
    "LocatedList",
    "LocatedMap",
    "error_at",
    "nearest",
    "parse_yaml",
    "read_text",
    "read_yaml",
]
