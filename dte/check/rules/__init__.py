"""The rules of `dte check`: one module for each, with a `CODE` and a function `find`.

`find` yields a finding for each problem. The module's docstring and docs/check.md say
what the rule finds, what goes wrong without a fix, and the source of these facts.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from dte.check.facts import Facts
from dte.check.finding import Finding


class Rule(NamedTuple):
    """A rule: its code, such as `dte-check-no-guard`, and its function."""

    code: str
    find: Callable[[Facts], Iterator[Finding]]


def all_rules() -> list[Rule]:
    """Return every rule, sorted by the name of its module."""
    rules = []
    for found in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        rules.append(Rule(module.CODE, module.find))
    return rules
