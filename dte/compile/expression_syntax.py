"""Reads expressions: `pipeline.git.branch == "main" and not (x matches /^v.*/)`.

Source: "Using expressions in your configuration" and the table of operators in the
"Configuration reference": `not` binds tightest, then the comparisons, then `and`,
then `or`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dte.patterns import InvalidPattern, Pattern, compile_pattern

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<number>-?\d{1,18}(?:\.\d{1,18})?(?![\w.-]))
    | (?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)
    | (?P<operator>==|!=|>=|<=|>|<|\(|\))
    )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_PATTERN = re.compile(r"\s*/(?P<pattern>(?:[^/\\\n]|\\.)*)/")
COMPARISONS = frozenset({"==", "!=", ">=", "<=", ">", "<", "starts-with"})
# Operators of other languages, and what to write instead.
_INSTEAD = {
    "===": "==",
    "=~": "matches",
    "=": "==",
    "&&": "and",
    "||": "or",
    "!": "not",
    "/": "the word matches before a pattern",
}
EXAMPLE = 'An example: pipeline.git.branch == "main" or pipeline.git.tag matches /^v.*/'
_WORDS = frozenset({"and", "or", "not", "matches", "starts-with"})
_MAX_DEPTH = 50
_MAX_TOKENS = 500


class ExpressionError(Exception):
    """The expression can't be parsed or evaluated; the message says why."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, a number or a boolean."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name, such as `pipeline.git.branch`."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of its operand."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands of `and`, `or` or a comparison."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Matches:
    """A test of a string against a pattern."""

    operand: Node
    pattern: Pattern


Node = Literal | Name | Not | Binary | Matches


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Return the syntax tree of an expression; raises ExpressionError."""
    reader = _Reader(_tokens(text))
    node = reader.either(0)
    if reader.position < len(reader.tokens):
        raise ExpressionError(f'"{reader.tokens[reader.position].text}" is unexpected')
    return node


def names_in(node: Node) -> Iterator[str]:
    """Return the names in an expression, even in operands that evaluation skips."""
    stack: list[Node] = [node]
    while stack:
        match stack.pop():
            case Name(text):
                yield text
            case Not(operand) | Matches(operand, _):
                stack.append(operand)
            case Binary(_, left, right):
                stack += [right, left]
            case Literal():
                pass


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position, text = 0, text.rstrip()
    while position < len(text):
        after_matches = bool(tokens) and tokens[-1] == _Token("name", "matches")
        match = (_PATTERN if after_matches else _TOKEN).match(text, position)
        if match is None and after_matches:
            raise ExpressionError(
                "matches takes a pattern between slashes, like /^v.*/",
                "Write the pattern between slashes: matches /^main$/",
            )
        if match is None:
            found = text[position:].strip()[:30]
            raise ExpressionError(f'"{found}" is not valid here', _advise(found))
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind]))
        position = match.end()
        if len(tokens) > _MAX_TOKENS:
            message = f"it has more than {_MAX_TOKENS} parts"
            raise ExpressionError(message, "Use one pattern for several names.")
    if not tokens:
        raise ExpressionError("it is empty")
    return tokens


def _advise(found: str) -> str:
    """Return what to write instead of an operator that expressions don't have."""
    for sign, instead in _INSTEAD.items():
        if found.startswith(sign):
            return f"Write {instead}."
    return ""


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def _at(self, *texts: str) -> str:
        """Take and return the next token if it is one of `texts`; else return ""."""
        if self.position == len(self.tokens):
            return ""
        token = self.tokens[self.position]
        if token.kind in ("string", "pattern") or token.text not in texts:
            return ""
        self.position += 1
        return token.text

    def either(self, depth: int) -> Node:
        node = self._both(depth)
        while self._at("or"):
            node = Binary("or", node, self._both(depth))
        return node

    def _both(self, depth: int) -> Node:
        node = self._comparison(depth)
        while self._at("and"):
            node = Binary("and", node, self._comparison(depth))
        return node

    def _comparison(self, depth: int) -> Node:
        node = self._operand(depth)
        while operator := self._at(*COMPARISONS, "matches"):
            if operator == "matches":
                node = Matches(node, self._pattern())
            else:
                node = Binary(operator, node, self._operand(depth))
        return node

    def _operand(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise ExpressionError("nested too deeply", "Remove parentheses.")
        if self._at("not"):
            return Not(self._operand(depth + 1))
        if self._at("("):
            node = self.either(depth + 1)
            if not self._at(")"):
                raise ExpressionError('missing ")"', "Close the parenthesis with )")
            return node
        return self._literal(self._next())

    def _next(self) -> _Token:
        if self.position == len(self.tokens):
            raise ExpressionError("it is incomplete")
        self.position += 1
        return self.tokens[self.position - 1]

    def _pattern(self) -> Pattern:
        text = self._next().text
        try:
            return compile_pattern(text)
        except InvalidPattern as error:
            message = f"the pattern /{text}/ is invalid: {error}"
            raise ExpressionError(message, error.advice) from None

    def _literal(self, token: _Token) -> Node:
        if token.kind == "string":
            plain = re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
            return Literal(plain)
        if token.kind == "number":
            return Literal(float(token.text) if "." in token.text else int(token.text))
        if token.kind == "name" and token.text not in _WORDS:
            if token.text in ("true", "false"):
                return Literal(token.text == "true")
            return Name(token.text)
        raise ExpressionError(f'"{token.text}" is unexpected')
