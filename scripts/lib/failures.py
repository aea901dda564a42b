"""Failures that a user can fix, and the function that prints them.

Every script of the orb runs inside `run`, so a failure always ends with a message and
an exit status: 1 means refused or failed, 2 means a usage error.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

# The guard runs in every job, and starts faster without the module `typing`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Sequence

PAGE = "https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md"


class Refusal(Exception):
    """A failure with its fix; `str()` returns the lines for the job's log.

    `code` is an anchor of docs/troubleshooting.md; the last line links to it.
    """

    prefix = "error: "
    code = ""

    def __init__(
        self,
        message: str,
        *,
        details: Sequence[str] = (),
        suggestions: Sequence[str] = (),
        code: str = "",
        exit_code: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)
        self.suggestions = tuple(suggestions)
        self.code = code or self.code
        self.exit_code = exit_code

    def __str__(self) -> str:
        lines = [self.prefix + self.message, *self.details]
        if self.suggestions:
            lines += ["Suggestions:", *("  - " + text for text in self.suggestions)]
        if self.code:
            lines.append("Reference: {}#{}".format(PAGE, self.code))
        return "\n".join(lines)


class UsageError(Refusal):
    """A missing or invalid variable or parameter; ends with exit status 2."""

    code = "invalid-value"

    def __init__(
        self, message: str, *, suggestions: Sequence[str] = (), code: str = ""
    ) -> None:
        super().__init__(message, suggestions=suggestions, code=code, exit_code=2)


def read_number(digits: str) -> int:
    """Return the number; raises `ValueError` if it is too long.

    The time to read a number grows with the square of its length.
    """
    if len(digits) > 30:
        raise ValueError(f"it contains a number of {len(digits):,} digits")
    return int(digits)


def clean(text: str, longest: int = 200) -> str:
    """Return text from a file or a server, short and safe to print in the log."""
    start = text[:longest]
    shown = "".join(letter if letter.isprintable() else "?" for letter in start)
    return shown if len(text) <= longest else shown + "..."


def say(text: str) -> None:
    """Print a line to stderr; stdout is for the result."""
    print(text, file=sys.stderr)


def run(main: Callable[[], None]) -> None:
    """Run `main` and end the process with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        # Printing a branch name must not fail in an image without a UTF-8 locale.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    try:
        main()
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(refusal.exit_code)
    except OSError as error:
        text = f"{type(error).__name__}: {error}"
        say(str(Refusal(text, code="machine")))
        sys.exit(1)
