"""Cuts lines of output into pieces that fit the terminal, and keeps their colors.

rich's own wrapping takes a thousand times as long, which is too slow for all output.
"""

import re
from collections.abc import Iterator

from rich.cells import cell_len

_COLOR = re.compile(r"(\x1b\[[0-9;:]*m)")
_RESET = "\x1b[0m"
# Letters and signs that are one column wide, and common in the output of tools.
NARROW = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0391-\u03a1\u03a3-\u0482"
    "\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u257f\u2713-\u2718]*"
)


def cut(line: str, width: int | None) -> Iterator[str]:
    """Return pieces of at most `width` columns, or the whole line if `width` is None.

    The only escape sequences in `line` are colors. Each piece resets the colors at its
    end, and the next piece begins with the same colors.
    """
    piece, colors, room = "", "", width
    for part in _COLOR.split(line):
        if part.startswith("\x1b"):
            colors = "" if part in (_RESET, "\x1b[m") else colors + part
            piece += part
            continue
        while room is not None and width is not None:
            fits = _count_fitting(part, room, at_start=room == width)
            if fits == len(part):
                break
            yield piece + part[:fits] + (_RESET if colors else "")
            piece, part, room = colors, part[fits:], width
        piece += part
        room = None if room is None else room - _measure(part)
    yield piece + (_RESET if colors else "")


def _measure(text: str) -> int:
    return len(text) if NARROW.fullmatch(text) else cell_len(text)


def _count_fitting(text: str, room: int, *, at_start: bool) -> int:
    """Return how many characters fit in `room`, at the start of a line at least one."""
    if NARROW.fullmatch(text):
        return min(len(text), room)
    left = room
    for number, character in enumerate(text):
        left -= cell_len(character)
        if left < 0:
            return max(number, int(at_start))
    return len(text)
