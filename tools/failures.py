"""What the tools say when something is missing that a person can mend."""

import sys
from collections.abc import Callable, Sequence


class ToolError(Exception):
    """Something is missing or refused: the message names it, suggestions mend it."""

    def __init__(
        self,
        message: str,
        *,
        suggestions: Sequence[str] = (),
        details: str = "",
        exit_code: int = 2,
    ) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.suggestions = tuple(suggestions)
        self.details = details

    def report(self) -> str:
        """The text for a terminal: what failed, what the command said, the mend."""
        parts = [f"error: {self}"]
        if self.details.strip():
            lines = self.details.strip().splitlines()[-8:]
            parts.append("\n".join(f"  | {line}" for line in lines))
        if self.suggestions:
            listed = "\n".join(f"  - {text}" for text in self.suggestions)
            parts.append(f"Suggestions:\n{listed}")
        return "\n\n".join(parts)


def exit_with(action: Callable[[], int | None]) -> int:
    """Run `action`; its exit status, or that of its `ToolError`, 130 for Ctrl-C."""
    try:
        return action() or 0
    except ToolError as error:
        print(error.report(), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(
            "interrupted; the next run starts where this one stopped", file=sys.stderr
        )
        return 130
