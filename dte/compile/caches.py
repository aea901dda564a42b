"""Warns of forms of cache keys and paths that CircleCI doesn't document.

Source: "Configuration reference", `save_cache`, and "Caching dependencies".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dte.compile.documented_limits import MAX_CACHE_KEY
from dte.compile.notes import Notes
from dte.model import Where
from dte.parse import nearest
from dte.parse.expect import shorten

_WORDS = (
    ".Branch",
    ".BuildNum",
    ".Revision",
    ".CheckoutKey",
    ".Environment.NAME",
    'checksum "FILE"',
    "epoch",
    "arch",
)
_TEMPLATE = re.compile(r"\{\{-?(.*?)-?\}\}|\{\{", re.DOTALL)
_KNOWN = re.compile(
    r"""\.(Branch|BuildNum|Revision|CheckoutKey|Environment\.\w+)
    |checksum\s*("[^"]+"|`[^`]+`)|epoch|arch""",
    re.ASCII | re.VERBOSE,
)


def warn_of_cache(arguments: Mapping[str, Any], where: Where, notes: Notes) -> None:
    """Warn of long keys, unknown templates in keys, and wildcards in paths."""
    for key in [arguments.get("key", ""), *arguments.get("keys", ())]:
        _warn_of_key(key, where, notes)
    for path in arguments.get("paths", ()):
        if "*" in path:
            text = f"save_cache: paths: {shorten(path)}: CircleCI supports no wildcards"
            notes.warn("cache", where, text, ("Write the path of a folder.",))


def _warn_of_key(key: str, where: Where, notes: Notes) -> None:
    if "{{" not in key and len(key) > MAX_CACHE_KEY:
        notes.warn(
            "documented-limit",
            where,
            f"the key of a cache has {len(key)} characters, and CircleCI takes at "
            f"most {MAX_CACHE_KEY}",
            ("Shorten it, for example to a checksum of a file.",),
        )
    for match in _TEMPLATE.finditer(key):
        word = (match[1] or "").strip()
        if not _KNOWN.fullmatch(word):
            notes.warn(
                "cache",
                where,
                f"the key of a cache has the template {shorten(match[0])}, which "
                "CircleCI doesn't document",
                nearest(word, _WORDS),
            )
