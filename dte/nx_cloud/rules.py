"""Assignment rules: which agents may run a task.

All functions are pure. Globs, lists and precedence follow Nx's page "Assignment Rules".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dte.nx_cloud.commands import Task


@dataclass(frozen=True)
class Rule:
    """One rule: the tasks that it matches, and the pools that may run them.

    An empty property other than `pools` matches every task.
    """

    pools: tuple[str, ...]
    projects: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    configurations: tuple[str, ...] = ()

    def matches(self, task: Task) -> bool:
        """Return whether the rule matches a task."""
        return (
            _matches_any(self.projects, task.project)
            and _matches_any(self.targets, task.target)
            and _matches_any(self.configurations, task.configuration)
        )

    @property
    def priority(self) -> tuple[int, bool, bool]:
        """The rule's precedence: a more specific rule has a greater value."""
        named = (bool(self.projects), bool(self.targets), bool(self.configurations))
        return sum(named), named[2], named[1]


def find_pools(task: Task, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the pools that may run a task; empty means any pool."""
    matching = [rule for rule in rules if rule.matches(task)]
    if not matching:
        return ()
    # `max` returns the first of equal rules.
    return max(matching, key=lambda rule: rule.priority).pools


def _matches_any(lists: Sequence[str], value: str) -> bool:
    """Return True for empty `lists`, or if `value` matches all globs of one item."""
    return not lists or any(
        all(_matches(glob.strip(), value) for glob in item.split(",")) for item in lists
    )


def _matches(glob: str, value: str) -> bool:
    negated = glob.startswith("!")
    pieces = {"*": ".*", "?": "."}
    pattern = "".join(pieces.get(each) or re.escape(each) for each in glob[negated:])
    return (re.fullmatch(pattern, value, re.DOTALL) is not None) is not negated
