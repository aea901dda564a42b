"""Reads a request that continues a pipeline with another config.

Source: CircleCI docs, "API v2 reference", `POST /pipeline/continue`; "Dynamic
configuration overview", Config continuation constraints. The error messages are copied
from CircleCI-Public/continuation-orb#12 and from that overview. The status codes of
refusals are not documented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dte.run.pipeline import RehearsedPipeline

NOT_IN_SETUP = "Pipeline is not in setup state."
CONFLICT = "Conflicting pipeline parameters."


@dataclass(frozen=True)
class Continuation:
    """The config with which a setup workflow continues its pipeline."""

    pipeline: RehearsedPipeline
    configuration: str
    parameters: Mapping[str, Any]


def read_key(body: Mapping[str, Any]) -> str:
    """Return the continuation key of a request's body; empty if it has none."""
    key = body.get("continuation-key")
    return key if isinstance(key, str) else ""


def read_continuation(
    body: Mapping[str, Any], pipeline: RehearsedPipeline
) -> Continuation:
    """Return the continuation in a request's body; raises `ValueError` to refuse it."""
    configuration = body.get("configuration")
    parameters = body.get("parameters", {})
    if not isinstance(configuration, str):
        raise ValueError("configuration is not a string.")
    if not isinstance(parameters, dict):
        raise ValueError("parameters is not an object.")
    if pipeline.continued:
        raise ValueError(NOT_IN_SETUP)
    if not pipeline.identity.parameters.keys().isdisjoint(parameters):
        raise ValueError(CONFLICT)
    return Continuation(pipeline, configuration, parameters)
