"""Collects the warnings and notes of a compilation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dte.errors import MAX_ERRORS, UserError
from dte.model import Note, Where


class Notes:
    """Warnings and notes without repeats, in the order of their first appearance."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}
        self._from_errors = 0

    def warn(
        self, code: str, where: Where, text: str, suggestions: Sequence[str] = ()
    ) -> None:
        """Add a warning: CircleCI may not do what the user intended."""
        self._add("warning", code, where, text, suggestions)

    def warn_if(self, check: Callable[[], object]) -> None:
        """Call a check, and turn the errors that it raises into warnings.

        Use this if no source says that CircleCI refuses the mistake. After MAX_ERRORS
        errors, no check is called, because the search for the nearest name takes time.
        An error with the code `limit` is still raised.
        """
        if self._from_errors >= MAX_ERRORS:
            return
        try:
            check()
        except UserError as error:
            if error.code == "limit":
                raise
            for one in (error, *error.others):
                assert one.where is not None  # error_at sets the position
                text = one.message.removeprefix(f"{one.where}: ")
                self.warn(one.code, one.where, text, one.suggestions)
                self._from_errors += 1

    def tell(
        self, code: str, where: Where, text: str, suggestions: Sequence[str] = ()
    ) -> None:
        """Add a note: the config is correct, but the user should know this."""
        self._add("note", code, where, text, suggestions)

    def _add(
        self,
        severity: str,
        code: str,
        where: Where,
        text: str,
        suggestions: Sequence[str],
    ) -> None:
        self._notes[Note(severity, code, where, text, tuple(suggestions))] = None

    def all(self, config: str) -> tuple[Note, ...]:
        """Return the notes so far; sets `in_orb` if a note is about another file."""
        return tuple(
            replace(note, in_orb=note.where.file != config) for note in self._notes
        )
