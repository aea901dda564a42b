"""Which jobs run for which branch or tag: tries names that the filters mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from dte.model import CompiledConfig, PipelineValues
from dte.patterns import InvalidPattern, compile_pattern
from dte.plan.filters import select_jobs

_USUAL = ("main", "master", "feature/change", "gh-readonly-queue/main/pr-1-0")
_USUAL_TAG = "v1.2.3"
_MOST = 30
_PATTERN = re.compile(r"/((?:\\.|[^/\n\\])+)/")
_TEXT = re.compile(r"['\"]([\w./-]+)['\"]")
_BEFORE = re.compile(
    r"\b(?:only|ignore|branch|tag|filters)\b.*|^\s*-\s.*", re.MULTILINE
)
_EXPRESSION = re.compile(r"\bfilters:[ \t]*(?![{*&\s]|<<)\S")


@dataclass(frozen=True)
class Selection:
    """The jobs of a workflow that run for a branch, or for a tag."""

    branch: str
    tag: str
    jobs: frozenset[str]

    @property
    def title(self) -> str:
        """What messages call the branch or tag."""
        return f"the tag {self.tag}" if self.tag else f"the branch {self.branch}"


def select_all(
    compiled: CompiledConfig,
    text: str,
    compile_for: Callable[[PipelineValues], CompiledConfig],
) -> dict[str, tuple[Selection, ...]]:
    """The selections of each workflow, by its name.

    Filters that are expressions are decided when the config compiles, so it compiles
    again for each branch and tag.
    """
    again = bool(_EXPRESSION.search(text))
    found: dict[str, list[Selection]] = {}
    for branch, tag in list_names(text):
        pipeline = PipelineValues(branch=branch, tag=tag)
        config = compile_for(pipeline) if again else compiled
        for flow in config.workflows:
            jobs = select_jobs(flow.jobs, branch=branch, tag=tag)
            names = frozenset(job.name for job in jobs)
            found.setdefault(flow.name, []).append(Selection(branch, tag, names))
    return {name: tuple(selections) for name, selections in found.items()}


def list_names(text: str) -> list[tuple[str, str]]:
    """Branches and tags to try, each as `(branch, tag)` with one of them empty."""
    mentioned = dict.fromkeys(_mentioned(text))
    branches = dict.fromkeys((*_USUAL, *mentioned))
    tags = dict.fromkeys((_USUAL_TAG, *mentioned))
    return [*((name, "") for name in branches), *(("", name) for name in tags)]


def _mentioned(text: str) -> Iterator[str]:
    lines = [found[0] for found in _BEFORE.finditer(text)]
    names = [*_examples(lines)]
    for line in lines:
        names += _TEXT.findall(line)
        names += re.findall(r"(?:-|only:|ignore:)\s+([\w./-]+)\s*$", line)
        for listed in re.findall(r"\[([^\]/]*)\]", line):
            names += re.findall(r"[\w./-]+", listed)
    yield from [name for name in names if not name.startswith("/")][:_MOST]


def _examples(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for pattern in _PATTERN.findall(line):
            example = example_of(pattern)
            if example:
                yield example


def example_of(pattern: str) -> str:
    """A text that the pattern matches, or nothing if none was found."""
    text = re.sub(r"\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)", r"\1", pattern)
    for written, instead in (
        (r"\\d|\[0-9\]", "1"),
        (r"\\w|\[a-zA-Z\]|\[a-z\]|\[\^[^\]]*\]", "x"),
        (r"(?<!\\)\.", "x"),
        (r"[\^$]|(?<!\\)[*+?]|\{\d*,?\d*\}", ""),
        (r"\\(.)", r"\1"),
    ):
        text = re.sub(written, instead, text)
    try:
        return text if compile_pattern(pattern).matches(text) else ""
    except InvalidPattern:
        return ""
