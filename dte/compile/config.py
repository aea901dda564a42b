"""Compiles a whole config file for one pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dte.compile.budget import Budget
from dte.compile.check import Checker
from dte.compile.document import processed
from dte.compile.documented_limits import check_contexts
from dte.compile.drafts import DraftWorkflow
from dte.compile.job_groups import read_groups
from dte.compile.jobs import JobCompiler
from dte.compile.namespace import SECTIONS, Namespace
from dte.compile.notes import Notes
from dte.compile.orbs import Library, sections, warn_of_misspelt, with_plain_names
from dte.compile.pipeline import pipeline_parameters, pipeline_values, without_values
from dte.compile.rare_keys import read_rare_keys
from dte.compile.setup_config import check_setup
from dte.compile.steps import Stubs
from dte.compile.templates import Scope
from dte.compile.unrun_workflows import UnrunChecker
from dte.compile.workflows import WorkflowReader, finish_workflows
from dte.errors import Errors, UserError
from dte.model import CompiledConfig, PipelineValues, Where
from dte.parse import LocatedList, LocatedMap, error_at, read_yaml
from dte.parse.expect import describe, expect_map, shorten

_TOP_KEYS = (
    "version",
    "setup",
    "orbs",
    "parameters",
    "workflows",
    "job-groups",
    "experimental",
    "functions",
    "display",
    "examples",
    *SECTIONS,
)
_PROCESSED_KEYS = {"version", "setup", "jobs", "workflows", "experimental"}
# Source: CircleCI support, "A compiled config is at most 8 MB".
_LARGEST = 8_000_000


def compile_config(
    path: Path,
    *,
    orbs: Mapping[str, Path],
    pipeline: PipelineValues,
    stub_missing_orbs: bool = False,
    every_workflow: bool = False,
) -> CompiledConfig:
    """Return the config at `path` as CircleCI would compile it.

    `orbs` maps an orb's name without version, like `your-namespace/dte`, or the
    alias that the config uses, to a folder of orb source or a packed file. With
    `every_workflow`, the result also has the workflows whose condition is false or that
    wait for a schedule. Raises UserError, which names file and line, for anything
    CircleCI would refuse; its `others` are further, independent errors.
    """
    notes, budget, errors = Notes(), Budget(), Errors()
    config = _read(path, notes)
    values = pipeline_values(pipeline)
    library = Library(orbs, values, notes, budget, errors, stub_missing_orbs)
    parameters = None
    with errors.collect():
        parameters = pipeline_parameters(config, pipeline, notes)
    namespace = Namespace(
        title="the config",
        pipeline={**values, **(parameters or without_values(config))},
        where=config.where,
        sections=sections(config, "config"),
        stub_unknown=stub_missing_orbs,
        processed=_PROCESSED_KEYS.issuperset(config),
        notes=notes,
        budget=budget,
    )
    scope = Scope("config", namespace)
    namespace.orbs = library.orbs_of(config, scope)
    stubs, written, groups = Stubs(), _workflows(config), dict[str, LocatedMap]()
    drafts: tuple[DraftWorkflow, ...] = ()
    if parameters is not None:
        with errors.collect():
            groups = read_groups(config)
            reader = WorkflowReader(scope, JobCompiler(stubs), groups, every_workflow)
            drafts = reader.read(written, errors)
    _check(UnrunChecker(scope, groups), library, written, drafts, errors)
    finished = finish_workflows(drafts, errors)
    with errors.collect():
        check_contexts(drafts, config.where_is("workflows"))
    _tell_of_schedules(drafts, notes)
    head: dict[str, Any] = {}
    with errors.collect():
        head = _read_head(config, scope, drafts)
    errors.raise_all()
    _tell_of_unused(namespace, notes)
    _warn_of_size(budget, config.where, notes)
    return CompiledConfig(
        tuple(flow for flow, draft in zip(finished, drafts, strict=True) if draft.runs),
        processed(finished, drafts, head),
        tuple(stubs.names),
        setup="setup" in head,
        notes=notes.all(str(path)),
    )


def _read_head(
    config: LocatedMap, scope: Scope, drafts: tuple[DraftWorkflow, ...]
) -> dict[str, Any]:
    kept = read_rare_keys(config, scope)
    if config.get("setup") is not True:
        return kept
    check_setup(drafts, scope.namespace.notes)
    return {"setup": True, **kept}


def _check(
    unrun: UnrunChecker,
    library: Library,
    workflows: LocatedMap,
    drafts: Sequence[DraftWorkflow],
    errors: Errors,
) -> None:
    namespace = unrun.scope.namespace
    for opened in (namespace, *library.opened()):
        with errors.collect():
            Checker(opened).check()
    with errors.collect():
        Checker(namespace).check_workflows(workflows)
    with errors.collect():
        unrun.check(workflows, {"version", *(draft.name for draft in drafts)})


def _warn_of_size(budget: Budget, where: Where, notes: Notes) -> None:
    if budget.written > _LARGEST:
        text = f"the compiled config is larger than the {_LARGEST // 10**6} MB"
        notes.warn("size", where, f"{text} that CircleCI accepts")


def _tell_of_schedules(drafts: tuple[DraftWorkflow, ...], notes: Notes) -> None:
    for draft in drafts:
        if not draft.runs:
            text = f'workflow "{draft.name}" runs on its schedule only'
            notes.tell("not-run", draft.where, text)


def _tell_of_unused(namespace: Namespace, notes: Notes) -> None:
    unused = [job for job in namespace.own("jobs") if "called" not in job.memo]
    if unused:
        names = ", ".join(job.name for job in unused)
        text = f"no workflow of this pipeline calls these jobs: {shorten(names, 200)}"
        notes.tell("unused", unused[0].where, text)


def _read(path: Path, notes: Notes) -> LocatedMap:
    value = read_yaml(path)
    if value is None:
        raise error_at(
            Where(str(path), 1),
            "the config is empty",
            suggestions=("Begin with version: 2.1, jobs: and workflows:",),
            code="file",
        )
    config = expect_map(value, Where(str(path), 1), "a config")
    version = config.get("version")
    if version is None:
        raise error_at(
            config.where,
            "the key version is missing",
            suggestions=("Add version: 2.1",),
            code="version",
        )
    if version not in (2.1, "2.1") or isinstance(version, bool):
        raise _wrong_version(version, config.where_is("version"))
    if not isinstance(config.get("setup", False), bool):
        message = f"setup: must be true or false, not {describe(config['setup'])}"
        advice = ("Write setup: true",)
        where = config.where_is("setup")
        raise error_at(where, message, suggestions=advice, code="type")
    for section in ("jobs", "job-groups"):
        if section in config:
            expect_map(config[section], config.where_is(section), section)
    warn_of_misspelt(config, _TOP_KEYS, "config", notes)
    return config


def _wrong_version(version: object, where: Where) -> UserError:
    if version not in (2, 2.0, "2", "2.0"):
        message = f"version must be 2.1, not {describe(version)}"
        advice = ("Write version: 2.1",)
        return error_at(where, message, suggestions=advice, code="version")
    return error_at(
        where,
        f"version: {version} no longer compiles since 21 September 2026",
        suggestions=(
            "Write version: 2.1, and remove version: 2 under workflows.",
            r"Write \<< where a command contains << (heredocs), and compile again.",
        ),
        code="version",
    )


def _workflows(config: LocatedMap) -> LocatedMap:
    """Return the workflows; without any, return one that calls the job `build`."""
    where = config.where_is("workflows")
    if "workflows" in config:
        return with_plain_names(expect_map(config["workflows"], where, "workflows"))
    jobs = config.get("jobs")
    if not isinstance(jobs, LocatedMap) or "build" not in jobs:
        message = 'there are no workflows and no job called "build"'
        advice = ("Add workflows: {main: {jobs: […]}} with the names of jobs.",)
        raise error_at(config.where, message, suggestions=advice, code="missing-key")
    calls = LocatedList(jobs.where_is("build"))
    calls.add("build", jobs.where_is("build"))
    body, workflows = LocatedMap(calls.where), LocatedMap(calls.where)
    body.put("jobs", calls, calls.where)
    workflows.put("workflow", body, calls.where)
    return workflows
