"""Finds the jobs of a pipeline that dte's guard refuses in a partial rerun.

The API doesn't serve a step's output, so dte looks for the guard's step and its
parameter in the processed config. Source: CircleCI docs, "API v2 reference",
`GET /pipeline/{id}/config`.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from dte.circleci_client.client import Client
from dte.errors import UserError

# libyaml's loader is ten times faster, but PyYAML may lack it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CHOICE = "DTE_PARTIAL_RERUN"
REFUSE = "refuse"


def find_guarded(client: Client, pipeline: str) -> frozenset[str] | None:
    """Return the names of the jobs whose guard refuses a partial rerun.

    Returns None if the API returns no config, or a config that dte can't parse.
    """
    try:
        text = client.get("pipeline", pipeline, "config").get("compiled")
        config = yaml.load(str(text), _Loader)
    except (UserError, yaml.YAMLError):
        return None
    jobs = config.get("jobs") if isinstance(config, dict) else None
    if not isinstance(jobs, dict):
        return None
    return frozenset(str(name) for name, job in jobs.items() if REFUSE in _choose(job))


def _choose(value: Any) -> Iterator[str]:
    """Yield the value of the parameter `partial_rerun` of each guard in a job."""
    if isinstance(value, dict):
        if CHOICE in value:
            yield str(value[CHOICE])
        for inner in value.values():
            yield from _choose(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _choose(inner)
