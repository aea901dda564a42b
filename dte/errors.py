"""The one kind of error that a user can fix; the command catches it in one place."""

from __future__ import annotations

from collections.abc import Sequence

from dte.model import Where

MAX_CALLS = 10
USAGE_ERROR = 2
NOT_REHEARSABLE = 3
_CODES = "https://github.com/your-namespace/dte/blob/main/docs/compile.md"


def link_to(code: str) -> str:
    """The link to the line about a code in docs/compile.md."""
    return f"{_CODES}#dte-{code}"


class UserError(Exception):
    """A problem that the user can fix.

    Carries what the command prints under ``error:`` and ``Suggestions:``, and the exit
    code: 2 usage error, 3 not rehearsable. An error in a config also has a code, one of
    the table in docs/compile.md, its place, and the chain of calls that led there.
    """

    def __init__(
        self,
        message: str,
        *,
        suggestions: Sequence[str] = (),
        exit_code: int = USAGE_ERROR,
        code: str = "",
        where: Where | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.suggestions = tuple(suggestions)
        self.exit_code = exit_code
        self.code = code
        self.where = where
        self.calls: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """The link to what the error's code means; empty without a code."""
        return link_to(self.code) if self.code else ""

    def add_call(self, text: str) -> None:
        """Add one call of the chain that led here, the innermost first."""
        if len(self.calls) < MAX_CALLS:
            self.calls = (*self.calls, text)
