"""The config that a setup workflow continues its pipeline with.

Source: "Dynamic configuration overview": a pipeline can be continued only once, and not
with another setup config. The parameters of the pipeline's trigger are also checked
against the new config (ethereum-optimism/optimism#21364).
"""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from dte.circleci_api.continuations import Continuation
from dte.errors import UserError
from dte.model import CompiledConfig, Workflow
from dte.order.order import Order
from dte.parse import LocatedMap, read_yaml
from dte.preflight import compile_for

NEVER = "the rest of the pipeline, because the setup workflow never continued it"
EMPTY = "the setup workflow ended the pipeline with a config without workflows"


def compile_continuation(
    order: Order, request: Continuation, folder: Path
) -> CompiledConfig | None:
    """Write a request's config to a file in `folder`, and return the compiled config.

    Returns None if the config has no workflows: `continuation/finish` sends such a
    config to end the pipeline. Raises `UserError` if CircleCI would refuse the config.
    """
    path = folder / f"continuation-{request.pipeline.identity.number}.yml"
    path.write_text(request.configuration, encoding="utf-8")
    document = read_yaml(path)
    if isinstance(document, LocatedMap) and _is_empty(document):
        return None
    parameters = {**order.parameters, **request.parameters}
    continued = replace(order, config=path, parameters=parameters)
    config = compile_for(continued, request.pipeline.identity)
    if config.setup:
        raise UserError(
            f"{path}: a pipeline can't be continued with another setup config",
            suggestions=["remove setup: from this config"],
        )
    return config


def _is_empty(document: LocatedMap) -> bool:
    workflows = document.get("workflows")
    named = set(workflows) - {"version"} if isinstance(workflows, LocatedMap) else set()
    return not document.get("jobs") and not named


def named_in_setup(order: Order, workflow: Workflow) -> Sequence[str]:
    """Return the order's JOBs if the setup workflow has any of them, otherwise ()."""
    return order.jobs if _has_job(workflow, order.jobs) else ()


def choose_continued(
    config: CompiledConfig, order: Order, jobs: Sequence[str]
) -> tuple[Workflow, ...]:
    """Return a continued pipeline's workflows: the one that the order names, or all.

    `jobs` are patterns from the command line. If any of these workflows has a job that
    matches a pattern, returns only the workflows with such a job.
    """
    flows = config.workflows
    named = [flow for flow in flows if flow.name == order.workflow]
    matching = [flow for flow in named or flows if _has_job(flow, jobs)]
    return tuple(matching or named or flows)


def _has_job(workflow: Workflow, patterns: Sequence[str]) -> bool:
    return any(
        fnmatchcase(job.name, pattern) for job in workflow.jobs for pattern in patterns
    )
