"""Limits on the size of an expanded config, so that a hostile config is refused.

CircleCI documents only one limit on the size: 8 MB of compiled config (CircleCI
support). The limits here are far above what a real config needs, and low enough that
the error appears within two seconds and dte uses less than 300 MB of memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from dte.model import Where
from dte.parse import error_at

MAX_EXPANSIONS = 50_000
MAX_TEXT = 16_000_000
MAX_VALUE = 8_000_000
MAX_COMMANDS = 100
# How many steps take as long as a workflow's job, as its filters, as the patterns of a
# filter, and as a definition.
JOB, FILTERS, PATTERN, DEFINITION = 25, 15, 20, 20


@dataclass
class Budget:
    """Counts the steps, jobs and characters of one compilation.

    The methods raise UserError above the limits.
    """

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
        """Count two templates of a text as one step; raises UserError."""
        self.expand(where, text.count("<<") // 2)

    def write(self, size: int, where: Where) -> None:
        """Count `size` characters of the compiled config; raises UserError."""
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
