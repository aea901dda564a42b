"""Converts filters of branches and tags to the expression that replaces them.

Source: "Expression-based job filters" in the "Configuration reference", which calls the
filters of branches and tags deprecated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BRANCH, _TAG = "pipeline.git.branch", "pipeline.git.tag"
_EVERYTHING = ("/.*/", "/^.*$/", "/^.*/", "/.+/")


def as_expression(filters: Mapping[str, Any]) -> str:
    """Return the expression that allows the same branches and tags.

    A job without tag filters does not run for a tag, so its expression requires a
    branch. If a map has both `only` and `ignore`, only `only` counts.
    """
    branches = _side(_BRANCH, filters.get("branches", {}))
    if not filters.get("tags"):
        return branches or _BRANCH
    tags = _side(_TAG, filters["tags"])
    if branches == "false":
        return tags or _TAG
    if tags == "false":
        return branches or _BRANCH
    return f"{branches or _BRANCH} or {tags or _TAG}"


def _side(name: str, rules: Mapping[str, Any]) -> str:
    """Return the expression for branches or for tags; empty if all are allowed."""
    only, ignore = _listed(rules.get("only")), _listed(rules.get("ignore"))
    if only:
        if any(pattern in _EVERYTHING for pattern in only):
            return ""
        return " or ".join(_test(name, pattern) for pattern in only)
    if not ignore:
        return ""
    if any(pattern in _EVERYTHING for pattern in ignore):
        return "false"
    tests = " or ".join(_test(name, pattern) for pattern in ignore)
    return f"({name} and not ({tests}))"


def _test(name: str, pattern: str) -> str:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        inner = pattern[1:-1].replace("\\/", "/").replace("/", "\\/")
        return f"{name} matches /{inner}/"
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} == "{quoted}"'


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
