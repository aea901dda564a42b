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
    if not any(_runs_for_tags(entry, entries) for entry in recipe):
        filters = [_without_tags(item) for item in filters]
    if all(item == filters[0] for item in filters):
        return {"filters": filters[0]} if filters[0] is not None else {}
    if any(isinstance(item, str) for item in filters):
        return {"filters": _EVERYTHING}
    if any("tags" in (item or {}) for item in filters):
        return {"filters": _EVERY_TAG}
    return {}


def _runs_for_tags(
    entry: Entry, entries: Sequence[Entry], above: tuple[Entry, ...] = ()
) -> bool:
    """Return whether the filters of a job and of its requirements allow tags.

    `above` are the jobs that require this one; a job never requires one of them, unless
    the config is invalid.
    """
    filters = entry.values.get("filters")
    if not isinstance(filters, str) and "tags" not in (filters or {}):
        return False
    names, chain = _needs(entry), (*above, entry)
    return not names or any(
        _runs_for_tags(other, entries, chain)
        for other in entries
        if other.values.get("name", other.job) in names
        and not any(other is one for one in chain)
    )


def _needs(entry: Entry) -> set[Any]:
    needs = entry.values.get("requires")
    listed = needs if isinstance(needs, list) else []
    return {next(iter(need)) if isinstance(need, dict) else need for need in listed}


def _without_tags(filters: Any) -> Any:
    if not isinstance(filters, dict):
        return filters
    return {key: value for key, value in filters.items() if key != "tags"} or None
