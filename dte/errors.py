"""The one kind of error that a user can mend; caught once, at the command's edge."""

from __future__ import annotations

from collections.abc import Sequence

USED_WRONGLY = 2
NOT_REHEARSABLE = 3


class UserError(Exception):
    """Something the user can mend.

    Carries what the edge prints under ``error:``, ``Suggestions:`` and
    ``Reference:``, and the exit code: 2 used wrongly, 3 not rehearsable.
    """

    def __init__(
        self,
        message: str,
        *,
        suggestions: Sequence[str] = (),
        reference: str = "",
        exit_code: int = USED_WRONGLY,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.suggestions = tuple(suggestions)
        self.reference = reference
        self.exit_code = exit_code
