"""Finds the jobs that run for common branches and tags, and for names in filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dte.model import CompiledConfig, PipelineValues
from dte.patterns import InvalidPattern, compile_pattern
from dte.plan.filters import select_jobs

_USUAL = ("main", "master", "feature/change", "gh-readonly-queue/main/pr-1-0")
_USUAL_TAG = "v1.2.3"
_MOST = 20
_DECIDES = ("filters", "when", "unless")
_PATTERN = re.compile(r"/((?:\\.|[^/\n\\])+)/")
_QUOTED = re.compile(r"""(['"])([\w./-]+)\1""")
_NAME = re.compile(r"[\w./-]+")


@dataclass(frozen=True)
class Selection:
    """The jobs of a workflow that run for a branch, or for a tag."""

    branch: str
    tag: str
    jobs: frozenset[str]

    @property
    def title(self) -> str:
        """The name that messages use for the branch or tag."""
        return f"the tag {self.tag}" if self.tag else f"the branch {self.branch}"


def select_all(
    compiled: CompiledConfig,
    workflows: Any,
    compile_for: Callable[[PipelineValues], CompiledConfig],
    pipeline: PipelineValues,
) -> dict[str, tuple[Selection, ...]]:
    """Return the selections of each workflow, with the workflow's name as key.

    `workflows` is the config's section before compilation. Filters that are expressions
    are evaluated during compilation, so a config with such filters is compiled again
    for each branch and tag.
    """
    written = list(_deciding(workflows))
    again = any(isinstance(value, str) for key, value in written if key == "filters")
    found: dict[str, list[Selection]] = {}
    for branch, tag in list_names(value for _, value in written):
        tried = replace(pipeline, branch=branch, tag=tag)
        config = compile_for(tried) if again else compiled
        for flow in config.workflows:
            jobs = select_jobs(flow.jobs, branch=branch, tag=tag)
            names = frozenset(job.name for job in jobs)
            found.setdefault(flow.name, []).append(Selection(branch, tag, names))
    return {name: tuple(selections) for name, selections in found.items()}


def _deciding(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the filters and conditions in a part of the config."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _DECIDES:
                yield key, item
            yield from _deciding(item)
    if isinstance(value, list):
        for item in value:
            yield from _deciding(item)


def list_names(written: Iterable[Any]) -> list[tuple[str, str]]:
    """Return branches and tags to try, each as `(branch, "")` or `("", tag)`.

    The list has common names, such as `main`, and the first names in filters and
    conditions.
    """
    mentioned = _mentioned(written)
    branches = dict.fromkeys((*_USUAL, *mentioned[:_MOST]))
    tags = dict.fromkeys((_USUAL_TAG, *mentioned[:_MOST]))
    return [*((name, "") for name in branches), *(("", name) for name in tags)]


def list_untried(workflows: Any) -> list[str]:
    """Return the names in filters and conditions that `list_names` leaves out."""
    return _mentioned(value for _, value in _deciding(workflows))[_MOST:]


def _mentioned(written: Iterable[Any]) -> list[str]:
    texts = [text for value in written for text in _texts_in(value)]
    return list(dict.fromkeys(name for text in texts for name in _names_in(text)))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)


def _names_in(text: str) -> Iterator[str]:
    """Yield names in a filter or expression, and strings that its patterns match."""
    examples = [example_of(pattern) for pattern in _PATTERN.findall(text)]
    yield from (example for example in examples if example)
    if examples or not _NAME.fullmatch(text):
        yield from (name for _, name in _QUOTED.findall(text))
    else:
        yield text


def example_of(pattern: str) -> str:
    """Return a string that the pattern matches, or an empty string if none is found."""
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
