"""Reads variables from a file of NAME=VALUE lines, such as a `.env` file."""

import re
from pathlib import Path

from dte.errors import UserError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def read_env_file(path: Path) -> dict[str, str]:
    """Return the variables in the file.

    Raises `UserError` with the number of the invalid line.

    Empty lines and lines that start with `#` are ignored. A value may be quoted; in
    double quotes, `\\n`, `\\t`, `\\"` and `\\\\` are escapes. Variables in a value are
    not expanded.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the file {path} can't be read: {error}") from error
    variables = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            # The line may contain a secret, so it is not shown.
            raise UserError(f"{path}:{number}: the line is not of the form NAME=VALUE")
        variables[found[1]] = _unquote(found[2])
    return variables


def _unquote(value: str) -> str:
    quote = value[:1]
    if len(value) < 2 or quote not in ("'", '"') or value[-1] != quote:
        return value
    inner = value[1:-1]
    if quote == "'":
        return inner
    return re.sub(r'\\([nt"\\])', lambda found: _ESCAPES[found[1]], inner)
