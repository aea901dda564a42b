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
from dte.parse.expect import error_at
from dte.parse.scalars import Dialect

MAX_BYTES = 8 * 1024 * 1024


def read_text(path: Path) -> str:
    """Return the file's text; raise UserError if it is not readable UTF-8.

    Only a regular file is read, and no more than the limit: a link may lead anywhere.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UserError(f"{path}: is not a regular file", code="file")
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file", code="file") from None
    except IsADirectoryError:
        raise UserError(f"{path}: is a folder, not a file", code="file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path}: can't be read: {reason}", code="file") from error
    if len(content) > MAX_BYTES:
        raise UserError(f"{path}: larger than {MAX_BYTES:,} bytes", code="limit")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = Where(str(path), line)
        raise error_at(where, "not UTF-8 text", code="yaml") from error


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; opening a named pipe would otherwise wait for a writer."""
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
        raise error_at(where, message, code="yaml") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"not valid YAML: {error.reason}"
        raise error_at(Where(file, line), message, code="yaml") from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        message = f"{file}: not valid YAML: {error}"
        raise UserError(message, code="yaml") from error
