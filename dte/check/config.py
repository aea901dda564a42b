"""Checks one config: compiles it, applies the rules, and removes ignored findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dte.bundled_orb import add_bundled_orb
from dte.check.facts import CheckedWorkflow, Facts
from dte.check.finding import Finding
from dte.check.gather import Gatherer
from dte.check.ignores import Ignore, apply_ignores, read_ignores
from dte.check.pipelines import list_untried, select_all
from dte.check.repository import Repository, find_root
from dte.check.rules import all_rules
from dte.compile import compile_config
from dte.errors import UserError
from dte.model import CompiledConfig, PipelineValues
from dte.parse import read_yaml
from dte.parse.read import read_text


@dataclass(frozen=True)
class Checked:
    """The result of a check; ``notices`` name parts of the config not checked."""

    findings: tuple[Finding, ...]
    ignored: tuple[tuple[Finding, Ignore], ...] = ()
    notices: tuple[str, ...] = ()
    workflows: tuple[CheckedWorkflow, ...] = ()


def check_config(
    path: Path, *, orbs: Mapping[str, Path], pipeline: PipelineValues
) -> Checked:
    """Check the config at `path`; raises `UserError` if it can't be read.

    Placeholders replace the orbs whose source is missing, so nothing is downloaded.
    """

    def compile_for(values: PipelineValues) -> CompiledConfig:
        return compile_config(
            path,
            orbs=add_bundled_orb(orbs, path),
            pipeline=values,
            stub_missing_orbs=True,
            every_workflow=True,
        )

    try:
        compiled = compile_for(pipeline)
    except UserError as error:
        if error.where is None:
            raise
        return Checked(tuple(as_finding(one) for one in (error, *error.others)))
    repository = Repository(find_root(path))
    written = read_yaml(path).get("workflows")
    selections = select_all(compiled, written, compile_for, pipeline)
    workflows = Gatherer(repository, path).workflows(compiled, selections)
    found = apply_rules(Facts(workflows, repository))
    files = dict.fromkeys([str(path), *(one.where.file for one in found)])
    ignores = [
        ignore for file in files for ignore in read_ignores(file, read_text(Path(file)))
    ]
    remaining, ignored = apply_ignores(found, ignores)
    return Checked(
        findings=tuple(sorted(remaining, key=_place)),
        ignored=tuple(ignored),
        notices=tuple(list_notices(compiled, written)),
        workflows=workflows,
    )


def list_notices(compiled: CompiledConfig, workflows: Any) -> Iterator[str]:
    """Yield a notice for each part of the config that was not checked."""
    yield from (f"not checked: {name}" for name in compiled.stubbed)
    if compiled.setup:
        yield "not checked: the config that this setup config continues with"
    if untried := list_untried(workflows):
        yield (
            f"not checked: {len(untried)} branches and tags in filters and conditions, "
            f"beginning with {untried[0]!r}"
        )


def apply_rules(facts: Facts) -> list[Finding]:
    """Return the findings of all rules, at most one for each rule and line."""
    found: dict[tuple[str, str, int], Finding] = {}
    for rule in all_rules():
        for one in rule.find(facts):
            found.setdefault((one.code, one.where.file, one.where.line), one)
    return list(found.values())


def as_finding(error: UserError) -> Finding:
    """Turn an error of the compiler into a finding."""
    assert error.where is not None
    return Finding(
        code=f"dte-{error.code or 'config'}",
        where=error.where,
        message=error.message.removeprefix(f"{error.where}: "),
        fix=error.suggestions,
        link=error.reference,
    )


def _place(found: Finding) -> tuple[str, int, str]:
    return found.where.file, found.where.line, found.code


def count_jobs(workflows: Iterable[CheckedWorkflow]) -> int:
    """Return the number of jobs in all workflows."""
    return sum(len(flow.jobs) for flow in workflows)
