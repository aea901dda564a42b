"""The exception for errors that a user can fix; `dte` catches it in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dte.model import Where

MAX_CALLS = 10
MAX_ERRORS = 50
USAGE_ERROR = 2
NOT_REHEARSABLE = 3
_DOCS = "https://github.com/your-namespace/dte/blob/main/docs"


def link_to(code: str) -> str:
    """Return the link to the explanation of an error code in docs/compile.md.

    Without a code, the link leads to the command's errors in docs/troubleshooting.md.
    """
    return (
        f"{_DOCS}/compile.md#dte-{code}" if code else f"{_DOCS}/troubleshooting.md#dte"
    )


class UserError(Exception):
    """A problem that the user can fix.

    Contains what the command prints under ``error:`` and ``Suggestions:``, and the exit
    code: 2 usage error, 3 not rehearsable. An error in a config also has a code from
    the table in docs/compile.md, its position, and the chain of calls that led to it.
    ``others`` are further errors that were found together with this one.
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
        self.others: tuple[UserError, ...] = ()

    @property
    def reference(self) -> str:
        """The link to the documentation of the error."""
        return link_to(self.code)

    def add_call(self, text: str) -> None:
        """Add the next outer call to the chain of calls that led to the error."""
        for error in (self, *self.others):
            if len(error.calls) < MAX_CALLS:
                error.calls = (*error.calls, text)

    @property
    def place(self) -> tuple[str, int, int]:
        """The file, line and column of the error, as a sort key."""
        where = self.where
        return (where.file, where.line, where.column) if where else ("", 0, 0)


class Errors:
    """Collects errors from independent parts of a config, to report them together.

    An error with the code `limit` is not collected, because it ends the compilation.
    """

    def __init__(self) -> None:
        self._found: dict[str, UserError] = {}

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Collect an error that the block raises, and continue after the block."""
        try:
            yield
        except UserError as error:
            if error.code == "limit":
                raise
            for one in (error, *error.others):
                one.others = ()
                self._found.setdefault(one.message, one)
        if len(self._found) >= MAX_ERRORS:
            self.raise_all()

    def raise_all(self) -> None:
        """Raise the first error in order of file and line, with all others attached."""
        if self._found:
            first, *others = sorted(self._found.values(), key=lambda one: one.place)
            first.others = tuple(others[: MAX_ERRORS - 1])
            raise first
