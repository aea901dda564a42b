"""Reads options of `dte` whose values have a fixed form, such as NAME=VALUE."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path

import yaml

from dte.durations import parse_duration
from dte.errors import UserError
from dte.order.env_file import read_env_file
from dte.plan.reruns import Assumptions


def parse_pairs(option: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return NAME=VALUE strings as pairs; raises `UserError`, which names `option`."""
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise UserError(f"{option} {text} is not of the form NAME=VALUE")
        pairs.append((name, value))
    return pairs


def parse_variables(
    option: str, texts: Iterable[str], environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables; a NAME without a value is read from `environment`."""
    variables = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name:
            raise UserError(f"{option} {text} is not of the form NAME or NAME=VALUE")
        if not equals and name not in environment:
            raise UserError(
                f"{option} {name}: the environment has no variable {name}",
                suggestions=[f"export {name}, or give {option} {name}=VALUE"],
            )
        variables[name] = value if equals else environment[name]
    return variables


def parse_time(option: str, text: str) -> float | None:
    """Return the seconds in a duration such as 30s, or None for an empty string."""
    if not text:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UserError(f"{option} {text} is not a duration like 30s") from error


def parse_size(option: str, text: str) -> int:
    """Return the bytes in a size such as 500M or 2G; raises `UserError`."""
    found = re.fullmatch(r"(\d{1,9})([KMGT]?)B?", text.upper())
    if not found:
        raise UserError(f"{option} {text} is not a size like 500M or 2G")
    factor: int = 1000 ** " KMGT".index(found[2] or " ")
    return int(found[1]) * factor


def parse_orbs(texts: Iterable[str]) -> dict[str, Path]:
    """Return the path of each orb in NAME=PATH strings."""
    return {name: Path(path) for name, path in parse_pairs("--orb", texts)}


def parse_parameters(texts: Iterable[str]) -> dict[str, object]:
    """Return pipeline parameters, with each value read as YAML: true, 3 or a string."""
    return {
        name: _read_value(name, value)
        for name, value in parse_pairs("--parameter", texts)
    }


def _read_value(name: str, value: str) -> object:
    try:
        return yaml.safe_load(value) if value else ""
    except yaml.YAMLError as error:
        raise UserError(f"--parameter {name}={value} can't be read as YAML") from error


def parse_contexts(
    texts: Iterable[str], files: Iterable[str], environment: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return the variables of `--context-file` and `--context`, by context.

    `texts` are CONTEXT:NAME=VALUE, or CONTEXT:NAME for a value from the environment;
    `files` are CONTEXT=FILE. A variable in `texts` takes precedence over one in a file.
    """
    contexts: dict[str, dict[str, str]] = {}
    for context, file in parse_pairs("--context-file", files):
        contexts.setdefault(context, {}).update(read_env_file(Path(file)))
    for text in texts:
        context, colon, variable = text.partition(":")
        if not colon or not variable or "=" in context:
            shown = text.partition("=")[0]
            raise UserError(
                f"--context {shown} is not of the form CONTEXT:NAME or "
                "CONTEXT:NAME=VALUE"
            )
        option = f"--context {context}:"
        found = parse_variables(option, [variable], environment)
        contexts.setdefault(context, {}).update(found)
    return contexts


def parse_assumptions(texts: Iterable[str]) -> Assumptions:
    """Return all assumptions, changed by the user's NAME=yes and NAME=no strings."""
    known = {item.name for item in fields(Assumptions)}
    chosen = {}
    for name, value in parse_pairs("--assume", texts):
        if name not in known or value not in ("yes", "no"):
            raise UserError(
                f"--assume {name}={value} is unknown",
                suggestions=[f"{item}=yes or {item}=no" for item in sorted(known)],
            )
        chosen[name] = value == "yes"
    return replace(Assumptions(), **chosen)
