"""Patterns for branches, tags and conditions, in CircleCI's syntax since 2026-09-21.

CircleCI's config compiler uses RE2: matching takes linear time, and lookaround, back
references and possessive quantifiers are refused. Sources: thread 54719 of
discuss.circleci.com; cypress-io/circleci-orb#590; drevops/vortex#2893. CircleCI's
documentation of August 2026 still says that patterns are Java regular expressions;
CircleCI Server may still use these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

MAX_LENGTH = 128
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
# Text in a pattern that RE2 refuses, and what to write instead.
_ADVICE = (
    ("(?!", "RE2 has no lookahead: use not (… matches /…/) in an expression"),
    ("(?=", 'RE2 has no lookahead: join two patterns with "and" in an expression'),
    ("(?<!", "RE2 has no lookbehind: use not (… matches /…/) in an expression"),
    ("(?<=", 'RE2 has no lookbehind: join two patterns with "and" in an expression'),
    ("(?>", "RE2 has no atomic groups: use (?:…)"),
    ("++", "RE2 has no possessive quantifiers: use +"),
    ("*+", "RE2 has no possessive quantifiers: use *"),
    ("?+", "RE2 has no possessive quantifiers: use ?"),
    ("\\Z", "RE2 has no \\Z: use $ or \\z"),
)


class InvalidPattern(Exception):
    """CircleCI would refuse the pattern; `advice` says what to write instead."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.advice = advice


@dataclass(frozen=True)
class Pattern:
    """A pattern that has to match a whole string."""

    text: str
    _compiled: Any

    def matches(self, text: str) -> bool:
        """Return whether the pattern matches all of `text`."""
        try:
            return self._compiled.fullmatch(text) is not None
        except UnicodeEncodeError:
            return False


@lru_cache(maxsize=1024)
def compile_pattern(text: str) -> Pattern:
    """Return the compiled pattern, or raise `InvalidPattern` if CircleCI refuses it."""
    if len(text) > MAX_LENGTH:
        raise InvalidPattern(
            f"it has {len(text)} characters, but CircleCI accepts at most {MAX_LENGTH}",
            'join shorter patterns with "or" in an expression',
        )
    try:
        return Pattern(text, re2.compile(text, _OPTIONS))
    except UnicodeEncodeError:
        raise InvalidPattern("it is not valid text", "write it in UTF-8") from None
    except re2.error as error:
        raise InvalidPattern(
            f"RE2 refuses it: {_reason(error)}", _advise(text)
        ) from None


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _advise(text: str) -> str:
    for sign, advice in _ADVICE:
        if sign in text:
            return advice
    if any(f"\\{digit}" in text for digit in "123456789"):
        return "RE2 has no back references: write the alternatives out"
    return "RE2's syntax: https://github.com/google/re2/wiki/Syntax"
