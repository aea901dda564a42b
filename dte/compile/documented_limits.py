"""Limits that CircleCI documents.

Sources: "Configuration reference", `context`; "Manage URL orb allow-lists"; "Caching
dependencies" (for cache keys); "Pipeline values and parameters" (for arguments).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dte.compile.drafts import DraftWorkflow
from dte.compile.notes import Notes
from dte.model import Where
from dte.parse import error_at
from dte.parse.expect import shorten

MAX_CONTEXTS = 100
MAX_URL_ORBS, MAX_URL_DEPTH = 50, 5
MAX_CACHE_KEY = 900
MAX_ARGUMENTS, MAX_ARGUMENT_NAME, MAX_ARGUMENT = 100, 128, 512


def check_contexts(drafts: Sequence[DraftWorkflow], where: Where) -> None:
    """Raise UserError if the workflows use too many contexts."""
    used = {name for flow in drafts for job in flow.drafts for name in job.contexts}
    if len(used) > MAX_CONTEXTS:
        raise error_at(
            where,
            f"the workflows use {len(used)} contexts, and CircleCI takes at most "
            f"{MAX_CONTEXTS}",
            suggestions=("Move the variables of several contexts into one.",),
            code="documented-limit",
        )


def check_url_orbs(number: int, where: Where) -> None:
    """Raise UserError if a config and its orbs import too many URL orbs."""
    if number > MAX_URL_ORBS:
        raise error_at(
            where,
            f"more than {MAX_URL_ORBS} URL orbs, the most that CircleCI takes",
            suggestions=("Join orbs, or publish some in the registry.",),
            code="documented-limit",
        )


def check_url_depth(depth: int, where: Where) -> None:
    """Raise UserError if URL orbs import each other too deeply."""
    if depth > MAX_URL_DEPTH:
        raise error_at(
            where,
            f"URL orbs import each other more than {MAX_URL_DEPTH} deep, the most that "
            "CircleCI takes",
            suggestions=("Join two of these orbs, or publish one in the registry.",),
            code="documented-limit",
        )


def warn_of_arguments(arguments: Mapping[str, Any], where: Where, notes: Notes) -> None:
    """Warn of pipeline arguments that CircleCI's API refuses."""
    sizes = [(len(arguments), MAX_ARGUMENTS, "pipeline arguments")]
    for name, value in arguments.items():
        about = f"characters in the pipeline argument {shorten(name)}"
        sizes.append((len(str(value)), MAX_ARGUMENT, about))
        about = "characters in the name of a pipeline argument"
        sizes.append((len(name), MAX_ARGUMENT_NAME, about))
    for size, most, about in sizes:
        if size > most:
            text = f"{size} {about}: CircleCI's API takes at most {most}"
            notes.warn("documented-limit", where, text)
