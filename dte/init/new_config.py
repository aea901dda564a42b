"""Writes a new config for a repository that has no config."""

from __future__ import annotations

from typing import Any

from dte.init.facts import Facts
from dte.init.job_entries import plan_commands, plan_jobs
from dte.init.yaml_text import write_value

WORKFLOW = "build"


def write_config(facts: Facts, reference: str) -> str:
    """Make a complete config that imports the orb `reference`."""
    document: dict[str, Any] = {"version": 2.1, "orbs": {"dte": reference}}
    if commands := plan_commands(facts):
        document["commands"] = commands
    document["workflows"] = {WORKFLOW: {"jobs": plan_jobs(facts)}}
    return "\n".join([*write_value(document), ""])
