r"""Replaces a value that is `<< include(path) >>` with the content of the file.

As in `process/process.go` of CircleCI's CLI v0.1, the path is relative to the orb's
folder, and each `<<` in the file becomes `\<<`, which the compiler turns back into
`<<`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.model import Where
from dte.pack.repository import find_repository, refuse_outside
from dte.parse import LocatedList, LocatedMap, error_at, read_text
from dte.parse.expect import shorten

_INCLUDE = re.compile(r"<<[\t\n\f\r ]*include\(([-\w/.]+)\)?[\t\n\f\r ]*>>", re.ASCII)


def include_files(value: Any, folder: Path, where: Where) -> Any:
    """Return `value` with every include in it replaced; raises UserError."""
    if isinstance(value, str):
        return _include(value, folder, where)
    if isinstance(value, LocatedMap):
        mapping = LocatedMap(value.where)
        for key, item in value.items():
            item_where = value.where_is(key)
            name = _include(key, folder, item_where)
            mapping.put(name, include_files(item, folder, item_where), item_where)
        return mapping
    if isinstance(value, LocatedList):
        items = LocatedList(value.where)
        for item, item_where in value.with_lines():
            items.add(include_files(item, folder, item_where), item_where)
        return items
    return value


def _include(text: str, folder: Path, where: Where) -> str:
    matches = list(_INCLUDE.finditer(text))
    if not matches:
        return text
    if len(matches) > 1:
        message = f"more than one include in {shorten(text)}"
        advice = ("Write one include in each value.",)
        raise error_at(where, message, suggestions=advice, code="include")
    if matches[0][0] != text:
        raise error_at(
            where,
            f"an include must be the whole value: {shorten(text)}",
            suggestions=(f"Make the value exactly {matches[0][0]}..",),
            code="include",
        )
    path = Path(os.path.normpath(folder / matches[0][1].lstrip("/")))
    try:
        refuse_outside(path, find_repository(folder))
        return read_text(path).replace("<<", "\\<<")
    except UserError as error:
        message = f"can't include {error}"
        raise error_at(
            where, message, suggestions=error.suggestions, code=error.code
        ) from error
