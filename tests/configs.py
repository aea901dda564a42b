"""Builds the configs that tests compile and rehearse."""

from __future__ import annotations

import textwrap
from typing import Any

import yaml


def config_with(steps: list[Any], **job: Any) -> dict[str, Any]:
    """Return a config whose one job has these steps and keys."""
    return {
        "version": 2.1,
        "jobs": {"build": {"machine": True, "steps": steps, **job}},
        "workflows": {"main": {"jobs": ["build"]}},
    }


def config_of_orb(jobs: list[Any], **workflow: Any) -> str:
    """Return a config whose one workflow, `build`, calls these jobs of the orb."""
    document = {
        "version": 2.1,
        "orbs": {"dte": "your-namespace/dte@1.0.0"},
        "workflows": {"build": {**workflow, "jobs": jobs}},
    }
    return yaml.safe_dump(document, sort_keys=False)


def one_job(*steps: str, more: str = "") -> str:
    """Return a config whose only job, `build`, has these steps, each given as YAML."""
    lines = ["version: 2.1", "jobs:", "  build:", "    docker: [{image: any}]"]
    if more:
        lines += textwrap.indent(textwrap.dedent(more).strip(), "    ").splitlines()
    lines.append("    steps:")
    for step in steps:
        first, *rest = textwrap.dedent(step).strip().splitlines()
        lines += [f"      - {first}", *(f"        {line}" for line in rest)]
    lines += ["workflows:", "  all:", "    jobs: [build]"]
    return "\n".join(lines)
