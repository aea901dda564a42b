"""Compiles a whole config file for one pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dte.compile.check import check_namespace
from dte.compile.document import processed
from dte.compile.jobs import JobCompiler
from dte.compile.namespace import SECTIONS, Namespace
from dte.compile.orbs import Library, sections
from dte.compile.pipeline import pipeline_parameters, pipeline_values
from dte.compile.steps import Stubs
from dte.compile.templates import Scope
from dte.compile.workflows import finish_workflows, read_workflows
from dte.errors import NOT_REHEARSABLE, UserError
from dte.model import CompiledConfig, PipelineValues, Where
from dte.parse import LocatedList, LocatedMap, error_at, read_yaml
from dte.parse.expect import describe, expect_map, known_keys

_TOP_KEYS = ("version", "setup", "orbs", "parameters", "workflows", *SECTIONS)


def compile_config(
    path: Path,
    *,
    orbs: Mapping[str, Path],
    pipeline: PipelineValues,
    stub_missing_orbs: bool = False,
) -> CompiledConfig:
    """Return what CircleCI would make of the config at `path`.

    `orbs` maps an orb's name without version, like `your-namespace/dte`, or the
    alias that the config uses, to a folder of orb source or a packed file. Raises
    UserError, which names file and line, for anything CircleCI would refuse.
    """
    config = _read(path)
    values = pipeline_values(pipeline)
    library = Library(orbs, values, stub_missing=stub_missing_orbs)
    parameters = pipeline_parameters(
        config.get("parameters"), config.where_is("parameters"), pipeline
    )
    namespace = Namespace(
        title="the config",
        pipeline={**values, **parameters},
        where=config.where,
        sections=sections(config, "config"),
    )
    scope = Scope("config", namespace)
    namespace.orbs = library.imports(config.get("orbs"), scope, config.where_is("orbs"))

    stubs = Stubs()
    compiler = JobCompiler(stubs)
    drafts = read_workflows(_workflows(config), scope, compiler)
    for opened in (namespace, *library.opened()):
        check_namespace(opened, compiler)
    workflows = finish_workflows(drafts)
    return CompiledConfig(
        workflows,
        processed(workflows, drafts),
        tuple(stubs.names),
        setup=config.get("setup") is True,
    )


def _read(path: Path) -> LocatedMap:
    value = read_yaml(path)
    if value is None:
        raise UserError(f"{path}: the config is empty")
    config = expect_map(value, Where(str(path), 1), "a config")
    version = config.get("version")
    if version is None:
        raise error_at(config.where, "the key version is missing; add version: 2.1")
    if version not in (2.1, "2.1"):
        raise error_at(
            config.where_is("version"),
            f"only a config of version 2.1 can be rehearsed, not {describe(version)}",
            exit_code=NOT_REHEARSABLE,
        )
    known_keys(config, _TOP_KEYS, "config")
    return config


def _workflows(config: LocatedMap) -> LocatedMap:
    """Return the workflows; a config without any runs its job `build`."""
    where = config.where_is("workflows")
    if config.get("workflows") is not None:
        return expect_map(config["workflows"], where, "workflows")
    jobs = config.get("jobs")
    if not isinstance(jobs, LocatedMap) or "build" not in jobs:
        message = 'there are no workflows and no job called "build"'
        raise error_at(config.where, message)
    calls = LocatedList(jobs.where_is("build"))
    calls.add("build", jobs.where_is("build"))
    body, workflows = LocatedMap(calls.where), LocatedMap(calls.where)
    body.put("jobs", calls, calls.where)
    workflows.put("workflow", body, calls.where)
    return workflows
