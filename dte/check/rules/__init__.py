"""The rules: one module each, found by name; each has a `CODE` and a `find`.

`find` yields a finding for each problem. Its docstring and the page docs/check.md say
what it finds, why that hangs, passes falsely or leaks, and where the fact comes from.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from dte.check.facts import Facts
from dte.check.finding import Finding


class Rule(NamedTuple):
    """A rule: its code, such as `dte-check-no-guard`, and what finds its problems."""

    code: str
    find: Callable[[Facts], Iterator[Finding]]


def all_rules() -> list[Rule]:
    """Every rule, by the name of its module."""
    rules = []
    for found in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        rules.append(Rule(module.CODE, module.find))
    return rules
