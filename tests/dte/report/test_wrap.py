"""Lines of output are cut into pieces that fit."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from dte.report.screen import Gutter
from dte.report.wrap import NARROW, cut
from dte.run.sanitize import strip_colors

RED, RESET = "\x1b[31m", "\x1b[0m"
TEXTS = st.lists(st.sampled_from(["a", "é", "✓", "—", "漢", "👍", "é", RED, RESET]))


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("", [""]),
        ("abc", ["abc"]),
        ("abcd", ["abc", "d"]),
        (f"ab{RED}cd{RESET}e", [f"ab{RED}c{RESET}", f"{RED}d{RESET}e"]),
        (f"{RED}abcd", [f"{RED}abc{RESET}", f"{RED}d{RESET}"]),
        ("漢漢", ["漢", "漢"]),
    ],
)
def test_a_line_is_cut_at_its_width(line: str, pieces: list[str]) -> None:
    """No piece is wider than the given width, and each piece keeps its colors."""
    assert list(cut(line, 3)) == pieces


@given(TEXTS.map("".join), st.integers(2, 9))
def test_nothing_is_lost_or_too_wide(line: str, width: int) -> None:
    """The pieces contain the whole line, and no piece is wider than the given width."""
    pieces = [strip_colors(piece) for piece in cut(line, width)]
    assert "".join(pieces) == strip_colors(line)
    assert max(map(cell_len, pieces)) <= width


def test_without_a_width_a_line_is_not_cut() -> None:
    """Without a width, the line stays whole, and a code that resets colors is added."""
    assert list(cut(f"{RED}{'x' * 500}", None)) == [f"{RED}{'x' * 500}{RESET}"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_link_stays_in_one_piece(at_once: bool) -> None:
    """A line with a link is not cut, so that the link can be clicked and copied."""
    line = f"press the button at https://example.com/{'x' * 80}"
    console = Console(file=StringIO(), width=60)
    gutter = Gutter(console, wrap=True)
    if at_once:
        gutter.write_all("main", [line])
    else:
        gutter.write("main", "│", "", Text(line))
    assert line in console.file.getvalue()  # type: ignore[attr-defined]


def test_narrow_characters_are_narrow() -> None:
    """Each of the many characters that `NARROW` matches is one column wide."""
    narrow = [one for one in map(chr, range(32, 0x2719)) if NARROW.fullmatch(one)]
    assert len(narrow) > 500
    assert {cell_len(character) for character in narrow} == {1}
