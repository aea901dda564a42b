"""Makes job names unique, as a processed config requires.

A job that is called twice becomes two jobs with the suffixes `-1` and `-2` ("Reusable
config reference", "Invoking the same job multiple times"). Jobs of two workflows have
the same name only if they are the same job.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dte.compile.drafts import Draft


def unique_names(workflows: Sequence[Sequence[Draft]]) -> list[list[str]]:
    """Return the final name of each job, as one list for each workflow."""
    calls = _by_name(workflows)
    taken = set(calls)
    numbered = {name for name, found in calls.items() if not _may_stay(found)}
    given: dict[str, dict[str, Draft]] = {}
    names: list[list[str]] = []
    for drafts in workflows:
        used: set[str] = set()
        own: list[str] = []
        for draft in drafts:
            name = draft.name
            if name in numbered:
                name = _number(draft, given.setdefault(name, {}), used, taken)
            used.add(name)
            own.append(name)
        names.append(own)
    return names


def _by_name(workflows: Sequence[Sequence[Draft]]) -> dict[str, list[list[Draft]]]:
    """Return the calls by name, as one list for each workflow that calls the name."""
    calls: dict[str, list[list[Draft]]] = {}
    for drafts in workflows:
        own: dict[str, list[Draft]] = {}
        for draft in drafts:
            own.setdefault(draft.name, []).append(draft)
        for name, found in own.items():
            calls.setdefault(name, []).append(found)
    return calls


def _may_stay(calls: list[list[Draft]]) -> bool:
    """Return whether a name needs no number: each workflow calls the same job once."""
    once = [drafts[0] for drafts in calls]
    if any(len(drafts) > 1 for drafts in calls):
        return False
    return all(_same_job(once[0], draft) for draft in once[1:])


def _number(
    draft: Draft, given: dict[str, Draft], used: set[str], taken: set[str]
) -> str:
    for name, other in given.items():
        if name not in used and _same_job(draft, other):
            return name
    number = len(given) + 1
    while f"{draft.name}-{number}" in taken:
        number += 1
    name = f"{draft.name}-{number}"
    taken.add(name)
    given[name] = draft
    return name


def _same_job(one: Draft, other: Draft) -> bool:
    if one.job is None or other.job is None:
        return one.job is other.job
    return one.job == replace(other.job, name=one.job.name)
