"""The console, and lines that start with a job's name."""

import os
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.text import Text

from dte.report.wrap import cut
from dte.run.sanitize import strip_colors

WIDTH_WITHOUT_TERMINAL = 80
_NARROWEST_TEXT = 20
_LINK = "://"


def make_console() -> Console:
    """Make a console that honors `COLUMNS`, `NO_COLOR` and `TERM=dumb`.

    It is as wide as the terminal, or 80 columns if there is no terminal. It prints
    rich's markup unchanged: names of jobs and steps may contain `[/]` or `:x:`.
    """
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    console = Console(
        color_system=None if plain else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


class _Rendered:
    """Finished text, which the console prints without parsing each character."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(
        self, _console: Console, _options: ConsoleOptions
    ) -> Iterator[Segment]:
        yield Segment(self._text)


class Gutter:
    """Writes lines that start with a job's name; wrapped lines repeat the name.

    Without a terminal and without `COLUMNS`, lines are not wrapped. A line with a link
    is never wrapped, so that the link stays in one piece.
    """

    def __init__(self, console: Console, *, wrap: bool | None = None) -> None:
        self.width = _NARROWEST_TEXT
        self._console = console
        self._heads: dict[str, str] = {}
        by_default = console.is_terminal or "COLUMNS" in os.environ
        self._wrap = by_default if wrap is None else wrap

    def write(self, name: str, mark: str, style: str, text: Text) -> None:
        """Print `text` after the name and the mark; the style applies to the mark."""
        head = f"{name:<{self.width}} "
        lines = [text]
        if self._wrap and _LINK not in text.plain:
            room = max(self._console.width - len(head) - 2, _NARROWEST_TEXT)
            lines = list(text.wrap(self._console, room, overflow="fold")) or [text]
        for line in lines:
            line.rstrip()
            whole = Text.assemble((head, "bold"), (f"{mark} ", style), line)
            self._console.print(whole, soft_wrap=True)
            mark = "│"

    def write_all(self, name: str, lines: Sequence[str]) -> None:
        """Print lines of output together, each after the name; colors are kept."""
        head = f"{name:<{self.width}} "
        room = max(self._console.width - len(head) - 2, _NARROWEST_TEXT)
        width = room if self._wrap else None
        if head not in self._heads:
            styled = Text.assemble((head, "bold"), ("│ ", "dim"))
            self._heads[head] = _render(styled, self._console.color_system)
        begin = self._heads[head]
        in_color = bool(self._console.color_system)
        shown = (line if in_color else strip_colors(line) for line in lines)
        printed = "".join(
            f"{begin}{piece}\n"
            for line in shown
            for piece in cut(
                line.expandtabs().rstrip(), None if _LINK in line else width
            )
        )
        self._console.print(_Rendered(printed), soft_wrap=True, end="")

    def fit(self, name: str, text: Text, after: str) -> Text:
        """Return `text` and as much of `after` as fits on the same line."""
        room = self._console.width - max(len(name), self.width) - 3 - len(text) - 2
        if room > len(after):
            return text.append(f"  {after}", "dim")
        if room > _NARROWEST_TEXT:
            return text.append(f"  {after[: room - 1]}…", "dim")
        return text


def _render(text: Text, color_system: Any) -> str:
    """Return the text with the escape sequences for its style, and with no others."""
    console = Console(
        file=StringIO(), color_system=color_system, force_terminal=bool(color_system)
    )
    with console.capture() as captured:
        console.print(text, end="", soft_wrap=True)
    return captured.get()
