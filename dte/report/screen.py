"""The console, and lines that start with a job's name."""

import os

from rich.console import Console
from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 80
_NARROWEST_TEXT = 20


def make_console() -> Console:
    """A console that honours `COLUMNS`, `NO_COLOR` and `TERM=dumb`.

    It is as wide as the terminal, or 80 columns if there is no terminal.
    """
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    console = Console(highlight=False, color_system=None if plain else "auto")
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_WITHOUT_TERMINAL
    return console


class Gutter:
    """Writes lines that start with a job's name; wrapped lines repeat it.

    Without a terminal and without `COLUMNS`, lines are not wrapped.
    """

    def __init__(self, console: Console, *, wrap: bool | None = None) -> None:
        self.width = _NARROWEST_TEXT
        self._console = console
        by_default = console.is_terminal or "COLUMNS" in os.environ
        self._wrap = by_default if wrap is None else wrap

    def write(self, name: str, mark: str, style: str, text: Text) -> None:
        """Print `text` after the name and the mark, which has the style."""
        head = f"{name:<{self.width}} "
        lines = [text]
        if self._wrap:
            room = max(self._console.width - len(head) - 2, _NARROWEST_TEXT)
            lines = list(text.wrap(self._console, room, overflow="fold")) or [text]
        for line in lines:
            line.rstrip()
            whole = Text.assemble((head, "bold"), (f"{mark} ", style), line)
            self._console.print(whole, soft_wrap=True)
            mark = "│"

    def fit(self, name: str, text: Text, after: str) -> Text:
        """`text` and what still fits of `after` on the same line."""
        room = self._console.width - max(len(name), self.width) - 3 - len(text) - 2
        if room > len(after):
            return text.append(f"  {after}", "dim")
        if room > _NARROWEST_TEXT:
            return text.append(f"  {after[: room - 1]}…", "dim")
        return text
