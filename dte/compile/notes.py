"""Collects the warnings and notes of a compilation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dte.model import Note, Where


class Notes:
    """Warnings and notes without repeats, in the order of their first appearance."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def warn(
        self, code: str, where: Where, text: str, suggestions: Sequence[str] = ()
    ) -> None:
        """Add a warning: CircleCI may not do what the user intended."""
        self._add("warning", code, where, text, suggestions)

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
        """Return the notes so far; `in_orb` is set unless a note is about `config`."""
        return tuple(
            replace(note, in_orb=note.where.file != config) for note in self._notes
        )
