"""Reads options of `dte` that have a form, such as NAME=VALUE."""

from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import yaml

from dte.errors import UserError
from dte.plan.reruns import Assumptions


def parse_pairs(option: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    """NAME=VALUE texts as pairs; raises a `UserError` that names the option."""
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise UserError(f"{option} {text} is not of the form NAME=VALUE")
        pairs.append((name, value))
    return pairs


def parse_orbs(texts: Iterable[str]) -> dict[str, Path]:
    """The path of each orb in NAME=PATH texts."""
    return {name: Path(path) for name, path in parse_pairs("--orb", texts)}


def parse_parameters(texts: Iterable[str]) -> dict[str, object]:
    """Pipeline parameters, each value read as YAML reads it: true, 3, or text."""
    return {
        name: _read_value(name, value)
        for name, value in parse_pairs("--parameter", texts)
    }


def _read_value(name: str, value: str) -> object:
    try:
        return yaml.safe_load(value) if value else ""
    except yaml.YAMLError as error:
        raise UserError(f"--parameter {name}={value} can't be read as YAML") from error


def parse_contexts(texts: Iterable[str]) -> dict[str, dict[str, str]]:
    """The variables in CONTEXT:NAME=VALUE texts, by context."""
    contexts: dict[str, dict[str, str]] = {}
    for name, value in parse_pairs("--context", texts):
        context, colon, variable = name.partition(":")
        if not colon or not variable:
            raise UserError(f"--context {name} is not of the form CONTEXT:NAME=VALUE")
        contexts.setdefault(context, {})[variable] = value
    return contexts


def parse_assumptions(texts: Iterable[str]) -> Assumptions:
    """The assumptions, with those that the user names set to yes or no."""
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
