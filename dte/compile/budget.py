"""Limits on what a config may expand to, so a hostile one ends in an error.

CircleCI documents no limits except 8 MB of compiled config (CircleCI support). The
limits here are far above what a real config needs, and low enough that the error
appears within two seconds and 300 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

from dte.model import Where
from dte.parse import error_at

MAX_EXPANSIONS = 50_000
MAX_TEXT = 16_000_000
MAX_VALUE = 8_000_000
MAX_COMMANDS = 100
# The weight of a workflow's job, its filters, a large pattern, and a definition: the
# number of steps that take as long.
JOB, FILTERS, PATTERN, DEFINITION = 25, 15, 20, 20


@dataclass
class Budget:
    """Counts the steps, jobs and characters of one compilation."""

    _expansions: int = 0
    _text: int = 0

    def expand(self, where: Where, weight: int = 1) -> None:
        """Count work that takes as long as `weight` steps; raises UserError."""
        self._expansions += weight
        if self._expansions > MAX_EXPANSIONS:
            raise error_at(
                where,
                f"the config expands to more work than {MAX_EXPANSIONS:,} steps",
                code="limit",
                suggestions=("Look for what is repeated: commands, jobs, a matrix.",),
            )

    def expand_text(self, text: str, where: Where) -> None:
        """Count the templates of a text; raises UserError."""
        self.expand(where, text.count("<<") // 2)

    def write(self, size: int, where: Where) -> None:
        """Count characters of the compiled config; raises UserError."""
        self._text += size
        if size > MAX_VALUE:
            raise error_at(
                where,
                f"a value has more than {MAX_VALUE:,} characters, the size of the "
                "largest config that CircleCI accepts",
                suggestions=("Look for a string that commands repeat.",),
                code="limit",
            )
        if self._text > MAX_TEXT:
            raise error_at(
                where,
                f"the config expands to more than {MAX_TEXT:,} characters",
                code="limit",
                suggestions=("CircleCI accepts at most 8 MB of compiled config.",),
            )

    @property
    def written(self) -> int:
        """The number of characters counted so far."""
        return self._text
