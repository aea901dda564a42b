"""The pipeline's values and parameters, under the names that a config uses.

Source: "Project values and variables" and "Pipeline values and parameters".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dte.compile.declarations import declared
from dte.compile.documented_limits import warn_of_arguments
from dte.compile.event_values import DOCUMENTED, EmptyValue
from dte.compile.namespace import Namespace
from dte.compile.notes import Notes
from dte.compile.parameters import Parameter, bind, form_of
from dte.compile.templates import Scope
from dte.errors import Errors
from dte.model import PipelineValues
from dte.parse import LocatedMap, error_at

_TYPES = frozenset({"string", "boolean", "integer", "enum"})


def pipeline_values(pipeline: PipelineValues) -> dict[str, Any]:
    """Return the pipeline values that the config and its orbs may use.

    A documented value that this pipeline does not have is None, or an EmptyValue if it
    is the branch or the tag.
    """
    slug = pipeline.project_slug.split("/")
    known = {
        "pipeline.id": pipeline.id,
        "pipeline.number": pipeline.number,
        "pipeline.project.git_url": pipeline.git_url,
        "pipeline.project.slug": pipeline.project_slug,
        "pipeline.project.type": slug[0],
        "pipeline.integration_source": slug[0],
        "pipeline.git.branch": pipeline.branch or EmptyValue(),
        "pipeline.git.branch.is_default": pipeline.branch == pipeline.default_branch,
        "pipeline.git.tag": pipeline.tag or EmptyValue(),
        "pipeline.git.revision": pipeline.revision,
        "pipeline.git.base_revision": pipeline.base_revision or None,
        "pipeline.git.repo_url": pipeline.git_url,
        "pipeline.git.repo_owner": slug[1] if len(slug) > 1 else None,
        "pipeline.git.repo_name": slug[-1],
        "pipeline.trigger_source": pipeline.trigger_source,
        "pipeline.event.name": "push",
        "pipeline.event.action": "push",
        "pipeline.trigger.type": pipeline.trigger_source,
    }
    return {**dict.fromkeys(DOCUMENTED), **known, **pipeline.values}


def pipeline_parameters(
    config: LocatedMap, pipeline: PipelineValues, notes: Notes
) -> Mapping[str, Any]:
    """Return the value of each `pipeline.parameters.…`: its argument or its default."""
    where = config.where_is("parameters")
    written = config.get("parameters")
    parameters = declared(written, where, "pipeline parameters", notes)
    errors = Errors()
    for parameter in parameters.values():
        with errors.collect():
            _check(parameter)
    errors.raise_all()
    arguments = LocatedMap(where)
    for name, value in pipeline.parameters.items():
        # A pipeline's argument is a plain value, even if it looks like a template.
        literal = value.replace("<<", "\\<<") if isinstance(value, str) else value
        arguments.put(name, literal, where)
    warn_of_arguments(pipeline.parameters, where, notes)
    nothing = Scope("pipeline parameters", Namespace("the pipeline", {}, where))
    values = bind(
        parameters,
        arguments,
        given_in=nothing,
        declared_in=nothing,
        what="pipeline",
    )
    return {f"pipeline.{name}": value for name, value in values.items()}


def _check(parameter: Parameter) -> None:
    if parameter.type not in _TYPES:
        raise error_at(
            parameter.where,
            f'pipeline parameter "{parameter.name}" can\'t be of type '
            f"{parameter.type}: only {', '.join(sorted(_TYPES))}",
            suggestions=("Declare it in a job or command instead.",),
            code="parameter",
        )
    if parameter.required:
        message = f'pipeline parameter "{parameter.name}" needs a default'
        advice = (f"Add default: {form_of(parameter)}, or another value.",)
        where = parameter.where
        raise error_at(where, message, suggestions=advice, code="parameter")


def without_values(config: LocatedMap) -> dict[str, None]:
    """Return None for each pipeline parameter; used if one of them is invalid."""
    written = config.get("parameters")
    names = written if isinstance(written, LocatedMap) else {}
    return {f"pipeline.parameters.{name}": None for name in names}
