"""Read nx.json as Nx does: JSON with comments, trailing commas, and one `extends`.

Source: `readNxJson` and `parseJson` in the nx package, 24.0.6.
"""

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, Optional

from failures import Refusal

_TOKEN = re.compile(
    r"""(?P<keep>"(?:[^"\\]|\\.)*"|[^"/,]+|/(?![/*]))"""
    r"""|(?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))"""
    r"""|(?P<comma>,)|(?P<open>")""",
    re.DOTALL,
)


def find_root(start: Path) -> Optional[Path]:
    """Return the Nx workspace's root: the nearest folder, going up, with nx.json."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "nx.json").is_file():
            return folder
    return None


def strip_comments(text: str) -> str:
    """Return `text` without comments and trailing commas; strings do not change."""
    pieces = []
    comma = False
    for token in _TOKEN.finditer(text):
        kind, piece = token.lastgroup, token.group()
        if kind == "comment" or not piece.strip():
            pieces.append(" ")
            continue
        if comma and not piece.lstrip().startswith(("}", "]")):
            pieces.append(",")
        comma = kind == "comma"
        if not comma:
            pieces.append(piece)
    return "".join(pieces) + ("," if comma else "")


def parse_jsonc(text: str) -> Dict[str, Any]:
    """Return the object in `text`; raises `ValueError` if it is not a JSON object."""
    try:
        value = json.loads(text)
    except ValueError:
        value = json.loads(strip_comments(text))
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    return value


def read_nx_json(root: Path) -> Dict[str, Any]:
    """Return nx.json, merged with the file that it extends; raises `Refusal`."""
    own = _read_file(root / "nx.json")
    name = own.get("extends")
    if not isinstance(name, str) or not name:
        return own
    base = next((path for path in _places(root, name) if path.is_file()), None)
    return {**_read_file(base), **own} if base else own


def _places(root: Path, name: str) -> Iterator[Path]:
    folders = [root]
    if not name.startswith(("./", "../", "/")):
        nearby = (root / ".nx" / "installation", root, *root.parents)
        folders = [folder / "node_modules" for folder in nearby]
    for folder in folders:
        yield folder / name
        yield folder / (name + ".json")


def _read_file(path: Path) -> Dict[str, Any]:
    try:
        return parse_jsonc(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Refusal(
            "{} can't be read: {}".format(path, error),
            suggestions=["run `npx nx report` to see the error that Nx reports"],
            code="nx-json",
        ) from None
