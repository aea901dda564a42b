"""Opens inline orbs, and registry orbs whose source the user provides.

An orb is opened when a workflow uses one of the orb's jobs, commands or executors, so
an unused import needs no source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dte.compile.budget import Budget
from dte.compile.documented_limits import check_url_depth, check_url_orbs
from dte.compile.namespace import SECTIONS, Namespace, OpenOrb
from dte.compile.notes import Notes
from dte.compile.templates import Scope, fill_text
from dte.errors import Errors, UserError
from dte.model import Where
from dte.pack import pack_orb
from dte.parse import LocatedMap, error_at, read_yaml
from dte.parse.expect import describe, expect_map, misspelt, shorten

ORB_KEYS = ("version", "description", "display", "orbs", "examples", *SECTIONS)
# Sources: JSON schema, `orbs`; "Orb concepts", "Semantic versioning".
_NAME = r"[a-z][a-z0-9_-]*/[a-z][a-z0-9_-]*"
_VERSION = r"(?:dev:\S+|[0-9]+(?:\.[0-9]+){0,2}|volatile)"
_REFERENCE = re.compile(rf"{_NAME}@{_VERSION}|https://\S+")


class Library:
    """The orbs that a compilation may open.

    `sources` maps `namespace/name` or a local alias to a folder of orb source or
    a packed file. Each source is read only once, unless URL orbs import the source at
    different depths.
    """

    def __init__(
        self,
        sources: Mapping[str, Path],
        pipeline: Mapping[str, Any],
        notes: Notes,
        budget: Budget,
        errors: Errors,
        stub_missing: bool,
    ) -> None:
        self._sources = sources
        self._pipeline = pipeline
        self._stub_missing = stub_missing
        self._notes = notes
        self._budget = budget
        self._errors = errors
        self._opened: dict[tuple[Path, int], Namespace] = {}
        self._inline: dict[int, Namespace] = {}
        self._written_inline: list[OpenOrb] = []
        self._urls: set[str] = set()

    def orbs_of(self, config: LocatedMap, scope: Scope) -> dict[str, OpenOrb]:
        """Return, for each alias in a config, a function that opens the orb.

        Sources given by an alias are added, because orb-tools adds the orb under test
        to a config that does not import it.
        """
        where = config.where_is("orbs")
        injected = {
            alias: partial(self._open_registry, alias, alias, where, 0)
            for alias in self._sources
            if "/" not in alias
        }
        return {**injected, **self.imports(config.get("orbs"), scope, where)}

    def imports(
        self, value: Any, scope: Scope, where: Where, depth: int = 0
    ) -> dict[str, OpenOrb]:
        """Return, for each alias in an `orbs:` mapping, a function that opens the orb.

        ``depth`` is the number of URL orbs that import each other down to the mapping.
        An orb with an invalid reference is replaced by placeholders, because the error
        is already collected.
        """
        if value is None:
            return {}
        mapping = expect_map(value, where, "orbs")
        imports: dict[str, OpenOrb] = {}
        for alias, reference in mapping.items():
            imports[alias] = lambda: "an invalid reference"
            with self._errors.collect():
                imports[alias] = self._import(
                    alias, reference, scope, mapping.where_is(alias), depth
                )
        return imports

    def _import(
        self, alias: str, reference: Any, scope: Scope, where: Where, depth: int
    ) -> OpenOrb:
        # orb-tools replaces an empty mapping with the orb under test.
        if isinstance(reference, LocatedMap):
            if not reference or alias in self._sources:
                return partial(self._open_registry, alias, alias, where, depth)
            self._written_inline.append(
                partial(self._open_inline, alias, reference, depth)
            )
            return self._written_inline[-1]
        if isinstance(reference, str):
            reference = fill_text(reference, scope, where)
        if not isinstance(reference, str):
            message = f'orb "{alias}" must be a reference or a mapping, not '
            shown = describe(reference)
            advice = (f"Write {alias}: namespace/orb@version",)
            raise error_at(
                where, message + shown, suggestions=advice, code="orb-reference"
            )
        reference = re.sub("@ +", "@", reference.strip(" "))
        check_reference(alias, reference, where)
        if reference.startswith("https://"):
            depth += 1
            self._urls.add(reference)
            check_url_orbs(len(self._urls), where)
            check_url_depth(depth, where)
        return partial(self._open_registry, alias, reference, where, depth)

    def _open_inline(self, alias: str, body: LocatedMap, depth: int) -> Namespace:
        if id(body) not in self._inline:
            warn_of_misspelt(body, ORB_KEYS, f'inline orb "{alias}"', self._notes)
            self._inline[id(body)] = self.namespace(alias, body, depth)
        return self._inline[id(body)]

    def _open_registry(
        self, alias: str, reference: str, where: Where, depth: int
    ) -> Any:
        path = self._source(alias, reference)
        if path is None:
            if self._stub_missing:
                return reference
            raise _missing(alias, reference, where)
        if (path, depth) not in self._opened:
            body = load_orb(path)
            warn_of_misspelt(body, ORB_KEYS, "orb", self._notes)
            self._opened[path, depth] = self.namespace(alias, body, depth)
        return self._opened[path, depth]

    def opened(self) -> list[Namespace]:
        """Return every inline orb, and the other orbs that were opened so far."""
        for open_orb in self._written_inline:  # opening an orb may add inline orbs
            with self._errors.collect():
                open_orb()
        once = {path: orb for (path, _), orb in self._opened.items()}
        return [*once.values(), *self._inline.values()]

    def _source(self, alias: str, reference: str) -> Path | None:
        for name in (reference, reference.partition("@")[0], alias):
            if name in self._sources:
                return self._sources[name]
        return None

    def namespace(self, alias: str, body: LocatedMap, depth: int) -> Namespace:
        """Return an orb's body as a `Namespace`."""
        title = f'orb "{alias}"'
        namespace = Namespace(
            title=title,
            pipeline=self._pipeline,
            where=body.where,
            prefix=f"{alias}/",
            sections=sections(body, title),
            notes=self._notes,
            budget=self._budget,
        )
        scope = Scope(title, namespace)
        where = body.where_is("orbs")
        namespace.orbs = self.imports(body.get("orbs"), scope, where, depth)
        return namespace


def sections(body: LocatedMap, title: str) -> dict[str, LocatedMap]:
    """Return the jobs, commands and executors of a config or an orb."""
    return {
        section: with_plain_names(
            expect_map(body[section], body.where_is(section), f"{title}: {section}")
        )
        for section in SECTIONS
        if body.get(section) is not None
    }


def with_plain_names(mapping: LocatedMap) -> LocatedMap:
    r"""Return the mapping with each `\<<` in its keys replaced by `<<`."""
    if not any("\\<<" in name for name in mapping):
        return mapping
    plain = LocatedMap(mapping.where)
    for name, value in mapping.items():
        plain.put(name.replace("\\<<", "<<"), value, mapping.where_is(name))
    return plain


def warn_of_misspelt(
    body: LocatedMap, known: Collection[str], title: str, notes: Notes
) -> None:
    """Warn of top-level keys of a config or orb that seem to be misspelled.

    The JSON schema allows any other top-level key, and many configs define anchors in
    such a key ("Publish packages to packagecloud").
    """
    for key in body:
        near = "" if key in known else misspelt(key, known)
        if near:
            notes.warn(
                "misspelt",
                body.where_is(key),
                f'{title}: the key "{shorten(key)}" has no effect',
                (f'Did you mean "{near}"?',),
            )


def _missing(alias: str, reference: str, where: Where) -> UserError:
    if "/" not in reference or "://" in reference:
        get, name = f"Give its source: --orb {alias}=PATH", ""
    else:
        name = reference.partition("@")[0]
        file = f"{name.partition('/')[2]}.yml"
        get = f"Get its source: circleci orb source {reference} > {file}"
    give = (f"Then give it: --orb {name}={file}",) if name else ()
    return error_at(
        where,
        f'the orb "{alias}" ({reference}) has no source',
        suggestions=(get, *give, "Or replace its parts: --stub-missing-orbs"),
        code="missing-orb",
    )


def check_reference(alias: str, reference: str, where: Where) -> None:
    """Raise UserError unless a reference is `namespace/orb@version` or a URL."""
    if _REFERENCE.fullmatch(reference):
        return
    raise error_at(
        where,
        f'orb "{alias}": "{shorten(reference)}" is not namespace/orb@version',
        suggestions=(_corrected(reference),),
        code="orb-reference",
    )


def _corrected(reference: str) -> str:
    """Return what to write instead of an invalid reference."""
    name = re.match(_NAME, reference.lower())
    if name is None or "://" in reference:
        return "Write the orb's namespace, name and version: circleci/node@7.1"
    version = re.match(rf"[:@]({_VERSION})$", reference[name.end() :])
    if version is None:
        return f"Add a version: {name[0]}@1.2.3, or {name[0]}@volatile for the newest"
    return f"Write {name[0]}@{version[1]}"


def load_orb(path: Path) -> LocatedMap:
    """Return an orb's document, packed from a folder or read from a packed file.

    `path` may be a checkout whose folder `src` or `orb` contains the source. Examples
    in a folder are left out, because CircleCI does not compile them for an orb's users.
    """
    if path.is_dir():
        return pack_orb(find_source(path), with_examples=False)
    value = read_yaml(path)
    if value is None:
        raise error_at(
            Where(str(path), 1),
            "the orb is empty",
            suggestions=("Get its source: circleci orb source NAMESPACE/ORB > FILE",),
            code="file",
        )
    return expect_map(value, Where(str(path), 1), "an orb")


def find_source(folder: Path) -> Path:
    """Return the folder with @orb.yml: `folder`, or its `src`, `orb` or `src/orb`."""
    for candidate in (folder, folder / "src", folder / "orb", folder / "src" / "orb"):
        if (candidate / "@orb.yml").exists():
            return candidate
    return folder
