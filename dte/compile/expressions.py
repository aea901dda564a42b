"""The expressions of a config: `pipeline.git.branch == "main" and not parameters.x`.

After "Config templating" and the table of operators in the "Configuration
reference": `not` binds tightest, then the comparisons, then `and`, then `or`;
`and` and `or` return the operand that decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Lookup = Callable[[str], Any]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<number>-?\d{1,18}(?:\.\d{1,18})?(?![\w.-]))
    | (?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)
    | (?P<operator>==|!=|>=|<=|>|<|\(|\))
    )""",
    re.VERBOSE | re.ASCII,
)
_COMPARISONS = frozenset({"==", "!=", ">=", "<=", ">", "<", "starts-with"})
_MAX_DEPTH = 50


class ExpressionError(Exception):
    """The expression can't be parsed or evaluated; the message says why."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def evaluate(text: str, lookup: Lookup) -> Any:
    """Return the value of an expression; raises ExpressionError.

    `lookup` gives the value of a dotted name and raises what it likes.
    """
    reader = _Reader(_tokens(text), lookup)
    value = reader.either(0)
    if reader.position < len(reader.tokens):
        raise ExpressionError(f'"{reader.tokens[reader.position].text}" is unexpected')
    return value


def truthy(value: Any) -> bool:
    """Return whether a value counts as true ("Configuration reference", Logic)."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal: a boolean is never equal to a number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _tokens(text: str) -> list[_Token]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f'"{text[position:].strip()[:30]}" is not valid here')
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind]))
        position = match.end()
    if not tokens:
        raise ExpressionError("it is empty")
    return tokens


class _Reader:
    """Parses and evaluates in one pass; both operands are always evaluated."""

    def __init__(self, tokens: list[_Token], lookup: Lookup) -> None:
        self.tokens = tokens
        self.position = 0
        self._lookup = lookup

    def _at(self, *texts: str) -> str:
        """Take the next token if it is one of these words or operators."""
        if self.position == len(self.tokens):
            return ""
        token = self.tokens[self.position]
        if token.kind == "string" or token.text not in texts:
            return ""
        self.position += 1
        return token.text

    def either(self, depth: int) -> Any:
        value = self._both(depth)
        while self._at("or"):
            other = self._both(depth)
            value = value if truthy(value) else other
        return value

    def _both(self, depth: int) -> Any:
        value = self._comparison(depth)
        while self._at("and"):
            other = self._comparison(depth)
            value = other if truthy(value) else value
        return value

    def _comparison(self, depth: int) -> Any:
        value = self._operand(depth)
        while operator := self._at(*_COMPARISONS):
            value = _compare(operator, value, self._operand(depth))
        return value

    def _operand(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ExpressionError("nested too deeply")
        if self._at("not"):
            return not truthy(self._operand(depth + 1))
        if self._at("("):
            value = self.either(depth + 1)
            if not self._at(")"):
                raise ExpressionError('missing ")"')
            return value
        if self.position == len(self.tokens):
            raise ExpressionError("it is incomplete")
        token = self.tokens[self.position]
        self.position += 1
        return self._literal(token)

    def _literal(self, token: _Token) -> Any:
        if token.kind == "string":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind == "name" and token.text not in ("and", "or", *_COMPARISONS):
            if token.text in ("true", "false"):
                return token.text == "true"
            return self._lookup(token.text)
        raise ExpressionError(f'"{token.text}" is unexpected')


def _compare(operator: str, left: Any, right: Any) -> bool:
    if operator == "==":
        return same(left, right)
    if operator == "!=":
        return not same(left, right)
    if operator == "starts-with":
        if not (isinstance(left, str) and isinstance(right, str)):
            raise ExpressionError("starts-with compares text only")
        return left.startswith(right)
    for side in (left, right):
        if isinstance(side, bool) or not isinstance(side, int | float):
            raise ExpressionError(f"{operator} compares numbers only")
    results: dict[str, bool] = {
        ">": left > right,
        "<": left < right,
        ">=": left >= right,
        "<=": left <= right,
    }
    return results[operator]
