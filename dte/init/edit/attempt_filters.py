"""Derives the attempt job's filters from the filters of the jobs that require it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dte.init.edit.written_config import Entry

_EVERY_TAG = {"tags": {"only": "/.*/"}}
_EVERYTHING = "pipeline.git.branch or pipeline.git.tag"


def plan_filters(entries: Sequence[Entry], recipe: Sequence[Entry]) -> dict[str, Any]:
    """Return the attempt job's argument `filters`; empty if the job needs no filters.

    The attempt job runs for every branch for which a job of the recipe runs. It runs
    for tags only if a job of the recipe runs for tags. Otherwise, a job whose
    requirements are all filtered out for a tag would start to run for this tag, because
    it now also requires the attempt job. Source: Configuration reference, "Job filters"
    and `requires`.
    """
    filters = [entry.values.get("filters") for entry in recipe]
    tagged = _find_tagged(entries)
    if not any(entry is one for entry in recipe for one in tagged):
        filters = [_without_tags(item) for item in filters]
    if all(item == filters[0] for item in filters):
        return {"filters": filters[0]} if filters[0] is not None else {}
    if any(isinstance(item, str) for item in filters):
        return {"filters": _EVERYTHING}
    if any("tags" in (item or {}) for item in filters):
        return {"filters": _EVERY_TAG}
    return {}


def _find_tagged(entries: Sequence[Entry]) -> list[Entry]:
    """Return the jobs whose filters, and those of a requirement, allow tags."""
    waiting = [entry for entry in entries if _allows_tags(entry)]
    found = [entry for entry in waiting if not _needs(entry)]
    new = found
    while new:
        names = {entry.values.get("name", entry.job) for entry in new}
        waiting = [entry for entry in waiting if not any(entry is one for one in new)]
        new = [entry for entry in waiting if _needs(entry) & names]
        found += new
    return found


def _allows_tags(entry: Entry) -> bool:
    filters = entry.values.get("filters")
    return isinstance(filters, str) or "tags" in (filters or {})


def _needs(entry: Entry) -> set[Any]:
    needs = entry.values.get("requires")
    listed = needs if isinstance(needs, list) else []
    return {next(iter(need)) if isinstance(need, dict) else need for need in listed}


def _without_tags(filters: Any) -> Any:
    if not isinstance(filters, dict):
        return filters
    return {key: value for key, value in filters.items() if key != "tags"} or None
