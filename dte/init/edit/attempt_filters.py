"""Chooses the filters of the attempt job from those of the jobs that require it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dte.init.edit.written_config import Entry

_EVERY_TAG = {"tags": {"only": "/.*/"}}
_EVERYTHING = "pipeline.git.branch or pipeline.git.tag"


def plan_filters(entries: Sequence[Entry], recipe: Sequence[Entry]) -> dict[str, Any]:
    """Return the attempt's `filters` as an argument; empty if it needs none.

    The attempt runs wherever a job of the recipe runs. It runs for a tag only if a job
    of the recipe does. Otherwise, a job that doesn't run because all its requirements
    are filtered out would run, because it now also requires the attempt. Source:
    Configuration reference, "Job filters" and `requires`.
    """
    filters = [entry.values.get("filters") for entry in recipe]
    if not any(_runs_for_tags(entry, entries) for entry in recipe):
        filters = [_without_tags(item) for item in filters]
    if all(item == filters[0] for item in filters):
        return {"filters": filters[0]} if filters[0] is not None else {}
    if any(isinstance(item, str) for item in filters):
        return {"filters": _EVERYTHING}
    if any("tags" in (item or {}) for item in filters):
        return {"filters": _EVERY_TAG}
    return {}


def _runs_for_tags(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Return whether the filters of a job and of its requirements allow tags."""
    filters = entry.values.get("filters")
    if not isinstance(filters, str) and "tags" not in (filters or {}):
        return False
    names = {
        next(iter(need)) if isinstance(need, dict) else need for need in _needs(entry)
    }
    return not names or any(
        _runs_for_tags(other, entries)
        for other in entries
        if other is not entry and other.values.get("name", other.job) in names
    )


def _needs(entry: Entry) -> set[Any]:
    needs = entry.values.get("requires")
    listed = needs if isinstance(needs, list) else []
    return {next(iter(need)) if isinstance(need, dict) else need for need in listed}


def _without_tags(filters: Any) -> Any:
    if not isinstance(filters, dict):
        return filters
    return {key: value for key, value in filters.items() if key != "tags"} or None
