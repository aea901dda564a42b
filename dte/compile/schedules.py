"""Reads `triggers` of a workflow: the schedule on which it runs.

Source: "Configuration reference", `schedule`, and "Schedule a workflow" in "Using
workflows". A schedule has a cron entry of five fields, and a filter of branches. Steps
such as `*/5` cause a warning, because CircleCI does not support steps, and ran such a
workflow every minute (CircleCI-Public/circleci-demo-workflows issue 11).
"""

from __future__ import annotations

import re
from typing import Any

from dte.compile.requirements import read_branches
from dte.compile.templates import Scope, fill
from dte.compile.values import InvalidValue
from dte.model import Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import describe, expect_list, expect_map, known_keys

_NIGHTLY = '"0 0 * * *"'
_MAIN = "{branches: {only: [main]}}"
_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)
_PART = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_DAYS = "sun mon tue wed thu fri sat"


def read_triggers(value: Any, scope: Scope, where: Where) -> list[dict[str, Any]]:
    """Return the triggers of a workflow, checked; raises UserError."""
    title = f"{scope.title}: triggers"
    items = expect_list(value, where, title)
    if not items:
        message = f"{title}: needs a schedule"
        advice = (f"Add schedule: {{cron: {_NIGHTLY}, filters: {_MAIN}}}",)
        raise error_at(where, message, suggestions=advice, code="schedule")
    return [_trigger(item, at, scope, title) for item, at in items.with_lines()]


def _trigger(item: Any, where: Where, scope: Scope, title: str) -> dict[str, Any]:
    trigger = expect_map(item, where, title)
    known_keys(trigger, ("schedule",), title)
    title = f"{title}: schedule"
    schedule = expect_map(trigger.get("schedule"), where, title)
    known_keys(schedule, ("cron", "filters"), title)
    for key in ("cron", "filters"):
        if schedule.get(key) is None:
            raise error_at(
                schedule.where,
                f"{title}: needs the key {key}",
                suggestions=(f"Add {key}: {_NIGHTLY if key == 'cron' else _MAIN}",),
                code="schedule",
            )
    cron = _cron(schedule, scope, title)
    return {"schedule": {"cron": cron, "filters": _filters(schedule, scope, title)}}


def _filters(schedule: LocatedMap, scope: Scope, title: str) -> dict[str, Any]:
    where = schedule.where_is("filters")
    title = f"{title}: filters"
    filters = expect_map(schedule["filters"], where, title)
    known_keys(filters, ("branches",), title)
    branches = read_branches(filters.get("branches"), scope, where, title)
    if not branches:
        raise error_at(
            where,
            f"{title}: branches: needs only or ignore",
            suggestions=("Add branches: {only: [main]}",),
            code="schedule",
        )
    return {"branches": branches}


def _cron(schedule: LocatedMap, scope: Scope, title: str) -> str:
    where = schedule.where_is("cron")
    text = fill(schedule["cron"], scope, where)
    try:
        check_cron(text)
    except InvalidValue as error:
        raise error_at(
            where,
            f"{title}: cron: must be {error}, not {describe(text)}",
            suggestions=(f"For every night, write cron: {error.example}",),
            code="schedule",
        ) from None
    for unsupported in find_unsupported(text):
        scope.namespace.notes.warn(
            "schedule",
            where,
            f"{title}: cron: CircleCI does not support {unsupported}",
            ("Write numbers separated by commas.",),
        )
    return str(text)


def check_cron(text: Any) -> None:
    """Raise InvalidValue unless `text` is a cron entry of five fields."""
    fields = text.split() if isinstance(text, str) else []
    if len(fields) != len(_FIELDS):
        raise InvalidValue("a cron entry of five fields", _NIGHTLY)
    for content, (name, least, most) in zip(fields, _FIELDS, strict=True):
        for part in content.split(","):
            _check_part(part, name, least, most)


def find_unsupported(text: str) -> list[str]:
    """Return the parts of a valid cron entry that CircleCI's page calls unsupported."""
    *_, days = fields = text.split()
    found = [f"steps ({field})" for field in fields if "/" in field]
    found += [
        f"ranges within lists ({field})"
        for field in fields
        if "," in field and "-" in field
    ]
    if re.search(r"[A-Za-z]+-[A-Za-z]+", days):
        found.append(f"ranges of days ({days})")
    return found


def _check_part(part: str, name: str, least: int, most: int) -> None:
    base, slash, step = part.partition("/")
    if base == "*" and not slash:
        return
    words = {12: _MONTHS, 7: _DAYS}.get(most, "").split()
    for number, word in enumerate(words, start=least):
        base = re.sub(rf"\b{word}\b", str(number), base, flags=re.IGNORECASE)
    match = _PART.fullmatch("0-1" if base == "*" else base)
    numbers = [int(number) for number in match.groups() if number] if match else []
    in_range = base == "*" or all(least <= number <= most for number in numbers)
    right_step = not slash or (step.isdecimal() and 0 < int(step[:4]) <= most)
    if not (numbers and in_range and numbers == sorted(numbers) and right_step):
        raise InvalidValue(
            f"a cron entry: its {name} is {part}, which is neither * nor within "
            f"{least} to {most}",
            _NIGHTLY,
        )
