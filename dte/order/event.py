"""Pipeline values that the user sets: with `--value`, or from a webhook with `--event`.

Source: CircleCI's page "Project values and variables": `pipeline.event.github.…` are
fields of GitHub's webhook payload.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dte.compile.event_values import DOCUMENTED, EVENT_VALUES
from dte.errors import UserError
from dte.order.options import parse_pairs
from dte.parse import nearest, read_text

_GITHUB = "pipeline.event.github."


def read_values(texts: Iterable[str], event: Path | None) -> dict[str, object]:
    """Return the pipeline values in NAME=VALUE strings and in the JSON file `event`.

    A string takes precedence over the file. Raises `UserError` for an unknown name.
    """
    values = read_event(event) if event else {}
    for name, value in parse_pairs("--value", texts):
        if name not in DOCUMENTED and not name.startswith(EVENT_VALUES):
            raise UserError(
                f"--value {name}: there is no such pipeline value",
                suggestions=nearest(name, DOCUMENTED, only_close=True),
            )
        values[name] = _plain(value)
    return values


def read_event(path: Path) -> dict[str, object]:
    """Return the pipeline values of a GitHub webhook whose JSON is in `path`."""
    try:
        payload = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise UserError(f"--event {path}: is not JSON: {error}") from None
    if not isinstance(payload, dict):
        raise UserError(f"--event {path}: must contain a JSON object")
    values: dict[str, object] = {}
    for name in DOCUMENTED:
        if name.startswith(_GITHUB):
            found = _find(payload, name.removeprefix(_GITHUB).split("."))
            if isinstance(found, str | int):
                values[name] = found
    kind = "pull_request" if "pull_request" in payload else "push"
    action = payload.get("action")
    values["pipeline.event.name"] = kind
    values["pipeline.event.action"] = action if isinstance(action, str) else kind
    return values


def _find(payload: Any, keys: list[str]) -> Any:
    for key in keys:
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload


def _plain(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdecimal() and len(text) < 16 else text
