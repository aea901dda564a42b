"""The README's tables of jobs, commands and parameters, written from the orb itself.

A test holds the part of the README between the two markers to it; `make golden`
rewrites that part.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

BEGIN = "<!-- reference: written by make golden -->"
END = "<!-- end of reference -->"


def read_components(orb: Path, kind: str) -> dict[str, Any]:
    """The orb's components of one kind (`jobs`, `commands`, `executors`) by name."""
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((orb / kind).glob("*.yml"))
    }


def tidy(text: str) -> str:
    """A description on one line, fit for a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def show_default(parameter: dict[str, Any]) -> str:
    """A parameter's default as it would stand in YAML."""
    if "default" not in parameter:
        return "required"
    default = parameter["default"]
    if parameter["type"] == "steps":
        return "steps" if default else "none"
    return f"`{default}`" if isinstance(default, str) and default else show(default)


def show(default: Any) -> str:
    """A default that is no text, or an empty one, in YAML."""
    return f"`{json.dumps(default)}`"


def render_components(
    title: str, components: dict[str, Any], prefix: str
) -> Iterator[str]:
    """A table with a row for each component."""
    yield from (f"### {title}", "", "| name | what it does |", "| --- | --- |")
    for name, body in components.items():
        yield f"| `{prefix}{name}` | {tidy(body['description'])} |"
    yield ""


def render_parameters(components: dict[str, Any]) -> Iterator[str]:
    """A table with a row for each parameter of each job."""
    for name, body in components.items():
        if not body.get("parameters"):
            continue
        yield from (f"### Parameters of `dte/{name}`", "")
        yield from ("| parameter | default | meaning |", "| --- | --- | --- |")
        for parameter, details in body["parameters"].items():
            default = show_default(details)
            yield f"| `{parameter}` | {default} | {tidy(details['description'])} |"
        yield ""


def render_reference(orb: Path) -> str:
    """The whole part between the markers."""
    jobs = read_components(orb, "jobs")
    lines = [
        BEGIN,
        "## Reference",
        "",
        *render_components("Jobs", jobs, "dte/"),
        *render_parameters(jobs),
        *render_components("Commands", read_components(orb, "commands"), ""),
        "A command takes the parameters of the same names; `circleci orb source` shows "
        "all.",
        "",
        *render_components("Executors", read_components(orb, "executors"), ""),
        END,
    ]
    return "\n".join(lines)


def replace_reference(text: str, reference: str) -> str:
    """The README with its reference in place; raises `ValueError` without markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the README has lost the markers of its reference")
    return before + reference + after
