"""Expands a call of a job group into a start job, the group's jobs, and end jobs.

Source: "Controlling serial execution across your organization", "Job groups". The names
of the start and end jobs are not documented, so dte chooses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from dte.compile import values
from dte.compile.budget import JOB
from dte.compile.calls import CallReader, each_call
from dte.compile.drafts import Draft
from dte.compile.jobs import elsewhere
from dte.compile.requirements import (
    WrittenRequirement,
    read_filters,
    read_requires,
)
from dte.errors import Errors
from dte.model import FINAL_JOB_STATUSES, Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import expect_map, known_keys

_CALL_KEYS = ("name", "requires", "filters", "serial-group")
_SUCCESS = frozenset({"success"})


def read_groups(config: LocatedMap) -> dict[str, LocatedMap]:
    """Return the job groups of a config; raises UserError for an invalid group."""
    where = config.where_is("job-groups")
    if config.get("job-groups") is None:
        return {}
    written = expect_map(config["job-groups"], where, "job-groups")
    jobs = config.get("jobs") or {}
    groups = {}
    for name in written:
        title, item_where = f'job group "{name}"', written.where_is(name)
        groups[name] = body = expect_map(written[name], item_where, title)
        known_keys(body, ("jobs", "description"), title)
        if name in jobs:
            message = f"{title}: there is a job of this name too"
            advice = ("Rename the group or the job.",)
            raise error_at(item_where, message, suggestions=advice, code="job-group")
    for name, body in groups.items():
        title = f'job group "{name}"'
        for inner, _, at in each_call(body.get("jobs"), body.where_is("jobs"), title):
            if inner in groups:
                message = (
                    f'{title}: calls the job group "{inner}", but a job group may '
                    "contain only jobs"
                )
                advice = (f"Write the jobs of {inner} here.",)
                raise error_at(at, message, suggestions=advice, code="job-group")
    return groups


def read_all_calls(value: Any, where: Where, reader: CallReader) -> Iterator[Draft]:
    """Return the jobs that a workflow's `jobs:` list calls, with groups expanded."""
    called: set[str] = set()
    errors = Errors()
    for name, body, item_where in each_call(
        value, where, reader.scope.title, reader.scope
    ):
        with errors.collect():
            if name not in reader.groups or body.get("type") == "approval":
                yield from reader.read(name, body, item_where)
                continue
            group = _read_group(name, body, item_where, reader)
            if group.name in called:
                raise error_at(
                    item_where,
                    f'{reader.scope.title}: the job group "{group.name}" is called '
                    "twice",
                    suggestions=("Add a distinct name: to each of these calls.",),
                    code="job-group",
                )
            called.add(group.name)
            yield from group.drafts()
    errors.raise_all()


@dataclass(frozen=True)
class _Group:
    """One call of a job group; the call's `name:` is a prefix of the jobs' names."""

    name: str
    renamed: bool
    body: LocatedMap
    where: Where
    reader: CallReader
    serial_group: str
    outer: Draft

    def drafts(self) -> Iterator[Draft]:
        """Return the group's start job, its own jobs, and its end jobs."""
        inner = list(self._inner())
        required = {need.name for draft in inner for need in draft.requires}
        start = self._end_job("start", self.outer.requires)
        start = replace(start, filters=self.outer.filters)
        entry = (self._need(start.name),)
        yield start
        for draft in inner:
            yield draft if draft.requires else replace(draft, requires=entry)
        leaves = [draft for draft in inner if not {draft.name, draft.alias} & required]
        end = self._end_job("end", tuple(self._need(draft.name) for draft in leaves))
        yield replace(end, group="", alias=self.name)
        if self.serial_group:
            every = frozenset(FINAL_JOB_STATUSES)
            yield self._end_job("unlock", (self._need(end.name, every, outside=True),))

    def _inner(self) -> Iterator[Draft]:
        prefix = f"{self.name}-" if self.renamed else ""
        reader = replace(self.reader, groups={})
        title = f'job group "{self.name}"'
        where = self.body.where_is("jobs")
        for name, body, at in each_call(
            self.body.get("jobs"), where, title, reader.scope
        ):
            for draft in reader.read(name, body, at):
                yield replace(
                    draft,
                    name=prefix + draft.name,
                    alias=prefix + draft.alias if draft.alias else None,
                    requires=tuple(
                        replace(need, name=prefix + need.name, group=self.name)
                        for need in draft.requires
                    ),
                    group=self.name,
                )

    def _end_job(self, end: str, requires: tuple[WrittenRequirement, ...]) -> Draft:
        kind, settings = "no-op", {}
        if self.serial_group and end != "end":
            kind = "lock" if end == "start" else "unlock"
            settings = {"key": self.serial_group}
        name = f"{self.name}-{end}"
        return replace(
            self.outer,
            name=name,
            job=elsewhere(name, kind, settings, self.where),
            requires=requires,
            filters={},
            group=self.name,
        )

    def _need(
        self,
        name: str,
        statuses: frozenset[str] = _SUCCESS,
        *,
        outside: bool = False,
    ) -> WrittenRequirement:
        group = "" if outside else self.name
        return WrittenRequirement(name, statuses, self.where, group)


def check_call_keys(name: str, body: LocatedMap) -> None:
    """Raise UserError for a key that a call of a job group does not take."""
    for key in body:
        if key not in _CALL_KEYS:
            raise error_at(
                body.where_is(key),
                f'job group "{name}": a call of a job group takes no "{key}"',
                suggestions=(f"It takes {', '.join(_CALL_KEYS)}",),
                code="job-group",
            )


def _read_group(
    name: str, body: LocatedMap, where: Where, reader: CallReader
) -> _Group:
    title, scope = f'job group "{name}"', reader.scope
    check_call_keys(name, body)
    scope.namespace.budget.expand(where, JOB)
    checks = {"name": values.some_text, "serial-group": values.serial_group}
    taken = values.take(body, checks, scope, title)
    outer = Draft(
        name=taken.get("name", name),
        alias=None,
        job=None,
        requires=read_requires(body.get("requires"), scope, body.where_is("requires")),
        contexts=(),
        filters=read_filters(body.get("filters"), scope, body.where_is("filters")),
        where=where,
    )
    scope.namespace.notes.tell(
        "job-group",
        where,
        f"{title}: dte chooses the names of the jobs at its start and end, because "
        "CircleCI does not document them",
    )
    return _Group(
        name=outer.name,
        renamed="name" in body,
        body=reader.groups[name],
        where=where,
        reader=reader,
        serial_group=taken.get("serial-group", ""),
        outer=outer,
    )
