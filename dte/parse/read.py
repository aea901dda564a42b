"""Reads text files and YAML files; errors name the file and the line."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import yaml

from dte.errors import UserError
from dte.model import Where
from dte.parse.build import Builder
from dte.parse.expect import error_at, nearest
from dte.parse.scalars import Dialect

# Words in PyYAML's messages, and the suggestion for each message.
_ADVICE = (
    ("tab character", "Replace tabs by spaces."),
    ("mapping values are not allowed", 'Put a value that contains ": " in quotes.'),
    ("while scanning a quoted scalar", "Close the quote."),
    ("while parsing a flow", "Close the bracket, or put the value in quotes."),
    ("start any token", "Put the value in quotes."),
)
MAX_BYTES = 8 * 1024 * 1024


def read_text(path: Path) -> str:
    """Return the file's text; raise UserError if the file is not readable UTF-8.

    Only a regular file is read, and at most MAX_BYTES are accepted, because `path` may
    be a link to a device.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _unreadable(path, "is not a regular file", "Give a file.")
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(path, "no such file", *_siblings(path)) from None
    except IsADirectoryError:
        advice = "Give the path of a file in it."
        raise _unreadable(path, "is a folder, not a file", advice) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        advice = "Check the path, and that you may read the file."
        raise _unreadable(path, f"can't be read: {reason}", advice) from error
    if len(content) > MAX_BYTES:
        raise UserError(
            f"{path}: larger than {MAX_BYTES:,} bytes",
            suggestions=("Continue with a second config, or move parts to an orb.",),
            code="limit",
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = Where(str(path), line)
        raise error_at(
            where,
            "not UTF-8 text",
            suggestions=("Save the file in UTF-8.",),
            code="yaml",
        ) from error


def _unreadable(path: Path, problem: str, *advice: str) -> UserError:
    return UserError(f"{path}: {problem}", suggestions=advice, code="file")


def _siblings(path: Path) -> tuple[str, ...]:
    """Return a suggestion for a missing file."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return (f"There is no folder {path.parent}.",)
    return nearest(path.name, names) or ("The folder is empty.",)


def _open_at_once(path: str, flags: int) -> int:
    """Open a file with O_NONBLOCK: a named pipe would otherwise wait for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def read_yaml(path: Path, dialect: Dialect = Dialect.CIRCLECI) -> Any:
    """Return the value of a YAML file; None if it is empty."""
    return parse_yaml(read_text(path), str(path), dialect)


def parse_yaml(text: str, file: str, dialect: Dialect = Dialect.CIRCLECI) -> Any:
    """Return the value of YAML text from `file`; raise UserError if it is invalid."""
    try:
        return Builder(text, file, dialect).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(file, mark.line + 1 if mark else 1)
        parts = [part for part in (error.context, error.problem) if part]
        message = f"not valid YAML: {', '.join(parts)}"
        advice = (_advise(message, text, where.line),)
        raise error_at(where, message, suggestions=advice, code="yaml") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise error_at(
            Where(file, line),
            f"not valid YAML: {error.reason}",
            suggestions=("Remove the control characters.",),
            code="yaml",
        ) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise UserError(
            f"{file}: not valid YAML: {error}",
            suggestions=("Save the file in UTF-8.",),
            code="yaml",
        ) from error


def _advise(message: str, text: str, number: int) -> str:
    """Return a suggestion for invalid YAML in the line `number` of the text."""
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    if line.lstrip(" -").startswith("\t"):
        return "Replace tabs by spaces."
    for said, advice in _ADVICE:
        if said in message:
            return advice
    return "Check the indentation, colons and quotes of this line and the one above."
