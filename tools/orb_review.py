"""Reviews the orb's source by the rules of the Orb Development Kit, offline.

Source: circleci/orb-tools 12, job `review`, which CI runs with no rule excluded. Its
rules RC006 and RC007 check that two URLs respond, so only CI runs them.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KINDS = ("jobs", "examples", "commands", "executors")
SHORTEST_DESCRIPTION = 64
LONGEST_COMMAND = 64


@dataclass(frozen=True)
class Component:
    """One file of the orb: a job, an example, a command or an executor."""

    kind: str
    file: Path
    document: dict[str, Any]


@dataclass(frozen=True)
class OrbSource:
    """The orb's source, and the major version that is being released."""

    orb: dict[str, Any]
    components: tuple[Component, ...]
    name: str = "dte"
    major: int | None = None

    def of(self, *kinds: str) -> Iterator[Component]:
        """Return the components of these kinds."""
        return (part for part in self.components if part.kind in kinds)


@dataclass(frozen=True)
class Finding:
    """What a rule found, and in which file."""

    rule: str
    file: str
    words: str

    def __str__(self) -> str:
        return f"{self.rule}  {self.file}: {self.words}"


Places = Iterable[tuple[str, str]]


def read_orb(folder: Path, *, major: int | None = None) -> OrbSource:
    """Read the source of an orb; `major` is the major version of its next release."""
    components = [
        Component(kind, file, yaml.safe_load(file.read_text(encoding="utf-8")) or {})
        for kind in KINDS
        for file in sorted((folder / kind).rglob("*.yml"))
    ]
    text = (folder / "@orb.yml").read_text(encoding="utf-8")
    return OrbSource(yaml.safe_load(text) or {}, tuple(components), major=major)


def has_source_url(source: OrbSource) -> Places:
    """RC001: the registry's page links to the source."""
    if not (source.orb.get("display") or {}).get("source_url"):
        yield "@orb.yml", "display has no source_url"


def describes_everything(source: OrbSource) -> Places:
    """RC002: every component has a description."""
    for part in source.components:
        if not part.document.get("description"):
            yield str(part.file), "has no description"


def has_an_example(source: OrbSource) -> Places:
    """RC003: the orb has at least one example."""
    if not any(source.of("examples")):
        yield "examples", "has no example"


def names_examples_after_their_use(source: OrbSource) -> Places:
    """RC004: an example's name describes its use."""
    for part in source.of("examples"):
        if "example" in part.file.stem:
            yield str(part.file), "has a name that does not describe its use"


def describes_the_orb(source: OrbSource) -> Places:
    """RC005: the orb's description is long enough for a search to find the orb."""
    if len(source.orb.get("description") or "") < SHORTEST_DESCRIPTION:
        yield "@orb.yml", f"description is under {SHORTEST_DESCRIPTION} characters"


def names_every_step(source: OrbSource) -> Places:
    """RC008: every run step has a name, also inside conditions."""
    for part in source.of("jobs", "commands"):
        for path, run in find_keys(part.document, "run"):
            if isinstance(run, str):
                yield str(part.file), f"{path} is only a string"
            elif not run.get("name"):
                yield str(part.file), f"{path} has no name"


def includes_long_commands(source: OrbSource) -> Places:
    """RC009: a long shell command is included from a file."""
    for part in source.of("jobs", "commands"):
        for path, run in find_keys(part.document, "run"):
            command = run if isinstance(run, str) else str(run.get("command", ""))
            if len(command) > LONGEST_COMMAND and "<<include" not in command:
                yield (
                    str(part.file),
                    f"{path} has a command of {len(command)} characters",
                )


def uses_snake_case(source: OrbSource) -> Places:
    """RC010: names of components and parameters contain no hyphens."""
    for part in source.of("jobs", "commands", "executors"):
        names = [part.file.stem, *(part.document.get("parameters") or {})]
        for name in names:
            if "-" in name:
                yield str(part.file), f"{name} is not snake_case"


def shows_current_major(source: OrbSource) -> Places:
    """RC011: examples import the major version that is being released."""
    for part in source.of("examples"):
        imported = str(part.document["usage"]["orbs"].get(source.name))
        major = imported.rpartition("@")[2].split(".")[0]
        if source.major is not None and major != str(source.major):
            yield str(part.file), f"imports {imported}, not version {source.major}"


def keeps_variables_out_of_keys(source: OrbSource) -> Places:
    """RC012: no cache key uses a parameter that defaults to an environment variable."""
    for part in source.of("jobs", "commands", "executors"):
        for name, parameter in (part.document.get("parameters") or {}).items():
            if not re.search(r"\$.", str((parameter or {}).get("default", ""))):
                continue
            for path, text in find_strings(part.document):
                if path.endswith("key") and name in text:
                    yield (
                        str(part.file),
                        f"{name} defaults to a variable, used in {path}",
                    )


RULES: dict[str, Callable[[OrbSource], Places]] = {
    "RC001": has_source_url,
    "RC002": describes_everything,
    "RC003": has_an_example,
    "RC004": names_examples_after_their_use,
    "RC005": describes_the_orb,
    "RC008": names_every_step,
    "RC009": includes_long_commands,
    "RC010": uses_snake_case,
    "RC011": shows_current_major,
    "RC012": keeps_variables_out_of_keys,
}


def find_keys(node: Any, key: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of each `key` at any depth below `node`."""
    for name, value in children(node):
        below = f"{path}.{name}".lstrip(".")
        if name == key and isinstance(value, str | dict):
            yield below, value
        yield from find_keys(value, key, below)


def find_strings(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each string below `node`."""
    for name, value in children(node):
        below = f"{path}.{name}".lstrip(".")
        if isinstance(value, str):
            yield below, value
        yield from find_strings(value, below)


def children(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield the items of a mapping or a list with their names or numbers."""
    if isinstance(node, dict):
        yield from ((str(name), value) for name, value in node.items())
    elif isinstance(node, list):
        yield from ((str(number), value) for number, value in enumerate(node))


def review(source: OrbSource) -> list[Finding]:
    """Return the findings of all rules."""
    return [
        Finding(rule, file, words)
        for rule, find in RULES.items()
        for file, words in find(source)
    ]


if __name__ == "__main__":
    findings = review(read_orb(Path(sys.argv[1])))
    print("\n".join(map(str, findings)))
    sys.exit(1 if findings else 0)
