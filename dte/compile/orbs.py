"""Opens inline orbs, and registry orbs whose source the user provides.

An orb is opened when something of it is used, so that an import that no workflow
needs may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dte.compile.namespace import SECTIONS, Namespace, OpenOrb
from dte.compile.templates import Scope, fill_text
from dte.errors import UserError
from dte.model import Where
from dte.pack import pack_orb
from dte.parse import LocatedMap, error_at, read_yaml
from dte.parse.expect import describe, expect_map, known_keys

ORB_KEYS = ("version", "description", "display", "orbs", "examples", *SECTIONS)
_REFERENCE = re.compile(r"[\w.-]+/[\w.-]+@[\w.:-]+", re.ASCII)


class Library:
    """The orbs that a compilation may open; each source is read once.

    `sources` maps `namespace/name` or a local alias to a folder of orb source or
    a packed file.
    """

    def __init__(
        self,
        sources: Mapping[str, Path],
        pipeline: Mapping[str, Any],
        *,
        stub_missing: bool,
    ) -> None:
        self._sources = sources
        self._pipeline = pipeline
        self._stub_missing = stub_missing
        self._opened: dict[Path, Namespace] = {}
        self._inline: dict[int, Namespace] = {}

    def imports(self, value: Any, scope: Scope, where: Where) -> dict[str, OpenOrb]:
        """Give back, for an `orbs:` mapping, how to open each of its aliases."""
        if value is None:
            return {}
        mapping = expect_map(value, where, "orbs")
        imports: dict[str, OpenOrb] = {}
        for alias, reference in mapping.items():
            item_where = mapping.where_is(alias)
            if isinstance(reference, LocatedMap) and alias in self._sources:
                imports[alias] = partial(self._open_registry, alias, alias, item_where)
                continue
            if isinstance(reference, LocatedMap):
                imports[alias] = partial(self._open_inline, alias, reference)
                continue
            if isinstance(reference, str):
                reference = fill_text(reference, scope, item_where)
            if not isinstance(reference, str):
                message = f'orb "{alias}" must be a reference or a mapping, not '
                raise error_at(item_where, message + describe(reference))
            check_reference(alias, reference, item_where)
            imports[alias] = partial(self._open_registry, alias, reference, item_where)
        return imports

    def _open_inline(self, alias: str, body: LocatedMap) -> Namespace:
        if id(body) not in self._inline:
            known_keys(body, ORB_KEYS, f'inline orb "{alias}"')
            self._inline[id(body)] = self.namespace(alias, body)
        return self._inline[id(body)]

    def _open_registry(self, alias: str, reference: str, where: Where) -> Any:
        path = self._source(alias, reference)
        if path is None:
            if self._stub_missing:
                return reference
            name = alias if "://" in reference else reference.partition("@")[0]
            raise error_at(
                where,
                f'the orb "{alias}" ({reference}) has no source',
                suggestions=(f"Give its source: --orb {name}=PATH",),
            )
        if path not in self._opened:
            self._opened[path] = self.namespace(alias, load_orb(path))
        return self._opened[path]

    def opened(self) -> list[Namespace]:
        """Return the orbs that were opened so far."""
        return [*self._opened.values(), *self._inline.values()]

    def _source(self, alias: str, reference: str) -> Path | None:
        for name in (reference, reference.partition("@")[0], alias):
            if name in self._sources:
                return self._sources[name]
        return None

    def namespace(self, alias: str, body: LocatedMap) -> Namespace:
        """Return the namespace of an orb's body."""
        title = f'orb "{alias}"'
        namespace = Namespace(
            title=title,
            pipeline=self._pipeline,
            where=body.where,
            prefix=f"{alias}/",
            sections=sections(body, title),
        )
        scope = Scope(title, namespace)
        namespace.orbs = self.imports(body.get("orbs"), scope, body.where_is("orbs"))
        return namespace


def sections(body: LocatedMap, title: str) -> dict[str, LocatedMap]:
    """Return the jobs, commands and executors of a config or an orb."""
    return {
        section: expect_map(
            body[section], body.where_is(section), f"{title}: {section}"
        )
        for section in SECTIONS
        if body.get(section) is not None
    }


def check_reference(alias: str, reference: str, where: Where) -> None:
    """Raise UserError unless a reference reads `namespace/name@version` or a URL."""
    if reference.startswith("https://") or _REFERENCE.fullmatch(reference):
        return
    raise error_at(where, f'orb "{alias}": "{reference}" is not namespace/orb@version')


def load_orb(path: Path) -> LocatedMap:
    """Return an orb's document: packs a folder, reads a file as is."""
    if path.is_dir():
        return pack_orb(path)
    value = read_yaml(path)
    if value is None:
        raise UserError(f"{path}: the orb is empty")
    body = expect_map(value, Where(str(path), 1), "an orb")
    known_keys(body, ORB_KEYS, "orb")
    return body
