"""Looks up the names of jobs, commands and executors in a config or an orb.

`x` is a name in the same config or orb; `a/x` is a name in the orb that is imported
as `a` ("Orb authoring process", "Reusable config reference").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dte.compile.budget import Budget
from dte.compile.notes import Notes
from dte.model import Where
from dte.parse import LocatedMap, nearest
from dte.parse.expect import expect_map

SECTIONS = {"jobs": "job", "commands": "command", "executors": "executor"}


@dataclass(frozen=True, eq=False)
class Definition:
    """A job, command or executor as written, and the namespace it belongs to.

    ``memo`` keeps values read from ``body``, because later calls need them again.
    """

    kind: str
    name: str
    body: LocatedMap
    namespace: Namespace
    where: Where
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name in messages, such as `command "dte/set_shas"`."""
        return f'{self.kind} "{self.namespace.prefix}{self.name}"'


@dataclass(frozen=True)
class Stub:
    """The placeholder for a job, command or executor of an orb without source."""

    kind: str
    name: str
    reference: str


Found = Definition | Stub | None
OpenOrb = Callable[[], "Namespace | str"]


@dataclass(eq=False)
class Namespace:
    """The names of one config or orb.

    ``pipeline`` contains the pipeline values that templates may use. ``orbs`` maps each
    alias to a function, which returns the orb's namespace or, for a stubbed orb, its
    reference. With ``stub_unknown``, parts of orbs that are not imported are stubbed
    too, because orb-tools injects the orb under test into the config. A ``processed``
    config may be the output of a compilation, so its jobs may have any name. All
    namespaces of a compilation share ``notes`` and ``budget``.
    """

    title: str
    pipeline: Mapping[str, Any]
    where: Where
    prefix: str = ""
    sections: Mapping[str, LocatedMap] = field(default_factory=dict)
    orbs: Mapping[str, OpenOrb] = field(default_factory=dict)
    stub_unknown: bool = False
    processed: bool = False
    notes: Notes = field(default_factory=Notes)
    budget: Budget = field(default_factory=Budget)
    _own: dict[tuple[str, str], Definition] = field(default_factory=dict)
    _found: dict[tuple[str, str], Found] = field(default_factory=dict)

    def find(self, section: str, name: str) -> Found:
        """Return the definition or stub that `name` refers to in `section`, or None."""
        key = (section, name)
        if key not in self._found:
            self._found[key] = self._look_up(section, name)
        return self._found[key]

    def _look_up(self, section: str, name: str) -> Found:
        orb, slash, rest = name.partition("/")
        if slash and orb in self.orbs:
            opened = self.orbs[orb]()
            if isinstance(opened, str):
                return Stub(SECTIONS[section], name, opened)
            return None if "/" in rest else opened.find(section, rest)
        if slash and self.stub_unknown and name not in self.sections.get(section, {}):
            return Stub(SECTIONS[section], name, f"{orb}, which nothing imports")
        if name not in self.sections.get(section, {}):
            return None
        return self.definition(section, name)

    def definition(self, section: str, name: str) -> Definition:
        """Return a definition, always the same object for the same name."""
        key = (section, name)
        if key not in self._own:
            mapping, kind = self.sections[section], SECTIONS[section]
            title = f'{kind} "{self.prefix}{name}"'
            where = mapping.where_is(name)
            body = expect_map(mapping[name], where, title)
            self._own[key] = Definition(kind, name, body, self, where)
        return self._own[key]

    def own(self, section: str) -> Iterator[Definition]:
        """Return each definition of a section, except those of imported orbs."""
        for name in self.sections.get(section, {}):
            yield self.definition(section, name)

    def suggest(
        self, section: str, name: str, others: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Return suggestions for a name that `find` does not find.

        `others` contains further valid names that are not in the section.
        """
        orb, slash, _ = name.partition("/")
        if slash and orb not in self.orbs:
            near = nearest(orb, self.orbs, only_close=True)
            return near or (f"Import the orb: orbs: {{{orb}: namespace/orb@version}}",)
        known = [*self.sections.get(section, {}), *others]
        if slash:
            opened = self.orbs[orb]()
            parts = opened.sections if isinstance(opened, Namespace) else {}
            known = [f"{orb}/{part}" for part in parts.get(section, {})]
        absent = f"{self.title if not slash else f'The orb {orb}'} has no {section}."
        return nearest(name, known) or (absent[0].upper() + absent[1:],)
