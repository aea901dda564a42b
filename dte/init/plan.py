"""Plans the change of a config: a new one, or an existing one with the orb added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dte.errors import UserError
from dte.init.change import Change, refuse_links
from dte.init.facts import Facts
from dte.init.json_files import section
from dte.init.new_config import write_config
from dte.order.project_root import CONFIG
from dte.parse import parse_yaml, read_text


def plan_change(facts: Facts, reference: str, config: Path | None = None) -> Change:
    """The change that makes `config` use the orb `reference`.

    Raises `UserError` if the config is a link, outside of the repository, or not YAML.
    """
    path = facts.repository / CONFIG if config is None else Path.cwd() / config
    path = path.parent.resolve() / path.name if config else path
    if not path.is_relative_to(facts.repository):
        raise UserError(f"{path} is outside of the repository {facts.repository}")
    refuse_links(path, facts.repository)
    if not path.exists():
        return Change(path, None, write_config(facts, reference))
    text = read_text(path)
    if uses_orb(parse_yaml(text, str(path))):
        return Change(path, text, text)
    raise UserError(
        f"{path} exists, and dte init writes only new configs",
        suggestions=["add the jobs by hand, as docs/migrate.md shows"],
    )


def uses_orb(document: Any) -> bool:
    """Whether a workflow of the config calls the attempt job of an orb named dte."""
    workflows = section(document, "workflows") if isinstance(document, dict) else {}
    calls = [call for name in workflows for call in workflows[name].get("jobs", [])]
    return any("dte/attempt" in call for call in calls)
