"""Reports errors of the tools that the user can fix."""

import sys
from collections.abc import Callable, Sequence


class ToolError(Exception):
    """An error of a tool; its suggestions say how to fix it."""

    def __init__(
        self, message: str, *, suggestions: Sequence[str] = (), details: str = ""
    ) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)
        self.details = details

    def report(self) -> str:
        """Return the text for a terminal: the error, the command's output, the fix."""
        parts = [f"error: {self}"]
        if self.details.strip():
            lines = self.details.strip().splitlines()[-8:]
            parts.append("\n".join(f"  | {line}" for line in lines))
        if self.suggestions:
            listed = "\n".join(f"  - {text}" for text in self.suggestions)
            parts.append(f"Suggestions:\n{listed}")
        return "\n\n".join(parts)


def exit_with(action: Callable[[], None]) -> int:
    """Run `action`; return its exit status: 2 for a `ToolError`, 130 for Ctrl-C."""
    try:
        action()
    except ToolError as error:
        print(error.report(), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; run the same command again", file=sys.stderr)
        return 130
    return 0
