"""Reads plain YAML scalars by the rules of CircleCI or of CircleCI's CLI.

CircleCI reads YAML 1.1, where `yes` and `on` are booleans ("Reusable config
reference"). CircleCI's CLI packs orbs with Go's yaml.v3, where `yes` and `on` are
strings. dte reads dates as strings in both dialects, because no key of a config takes a
date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import Enum

Scalar = str | int | float | bool | None

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_OLD_TRUE = _TRUE | {"yes", "Yes", "YES", "on", "On", "ON"}
_OLD_FALSE = _FALSE | {"no", "No", "NO", "off", "Off", "OFF"}
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)")
_BASE_60 = re.compile(r"[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+")
_FLOAT = re.compile(r"[-+]?(([0-9][0-9_]*)\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*)")
_GO_INTEGER = re.compile(
    r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]*|[1-9][0-9_]*)", re.ASCII
)
_GO_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_GO_SHORT = 1_000_000
_SPECIAL_FLOAT = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
MAX_DIGITS = 30
_STARTS = frozenset("~+-.0123456789nNtTfFyYoO")


class WrittenFloat(float):
    """A number that keeps its text from the file, such as `3.10`, for messages."""

    def __new__(cls, text: str) -> WrittenFloat:
        """Read the number in `text`, which may contain underscores."""
        number = super().__new__(cls, text.replace("_", ""))
        number.text = text
        return number

    text: str


def as_written(value: float) -> str:
    """Return a number or boolean as text; a float is spelled as in the file: 3.10."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.text if isinstance(value, WrittenFloat) else str(value)


class Dialect(Enum):
    """The program whose YAML rules apply."""

    CIRCLECI = "YAML 1.1"
    CLI = "yaml.v3"


def resolve(text: str, dialect: Dialect) -> Scalar:
    """Return the value that the plain scalar `text` stands for."""
    if text and text[0] not in _STARTS:
        return text
    if text in _NULLS:
        return None
    old = dialect is Dialect.CIRCLECI
    if text in (_OLD_TRUE if old else _TRUE):
        return True
    if text in (_OLD_FALSE if old else _FALSE):
        return False
    return _number(text, old)


def _number(text: str, old: bool) -> str | int | float:
    if len(text) > MAX_DIGITS:
        # A number this long would be slow to read, so it stays a string.
        return text
    if (_INTEGER if old else _GO_INTEGER).fullmatch(text):
        return _or_text(_integer, text)
    if old and _BASE_60.fullmatch(text):
        return _or_text(_base_60, text)
    special = _SPECIAL_FLOAT.fullmatch(text)
    if special:
        sign = -1.0 if special[1] == "-" else 1.0
        return math.nan if special[3] else sign * math.inf
    if not (_FLOAT if old else _GO_FLOAT).fullmatch(text):
        return text
    number = WrittenFloat(text)
    # The CLI writes 1.0 as 1, which CircleCI then reads as an integer.
    short = not old and number.is_integer() and abs(number) < _GO_SHORT
    return int(number) if short else number


def _or_text(read: Callable[[str], int | float], text: str) -> str | int | float:
    try:
        return read(text)
    except ValueError:
        return text


def _integer(text: str) -> int:
    digits = text.replace("_", "").lower()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    for prefix, base in (("0b", 2), ("0x", 16), ("0o", 8)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    if len(digits) > 1 and digits.startswith("0"):
        return sign * int(digits, 8)
    return sign * int(digits)


def _base_60(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    total = 0
    for part in text.replace("_", "").lstrip("+-").split(":"):
        total = total * 60 + int(part)
    return sign * total
