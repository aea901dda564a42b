"""The types of jobs and the keys of each.

Source: "Configuration reference", `type`, and the JSON schema. A job of the type
`build` runs steps; every other type has an effect only on CircleCI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dte.compile import values
from dte.compile.executors import SHARED_KEYS
from dte.compile.namespace import Definition
from dte.compile.templates import Scope, fill
from dte.compile.values import InvalidValue
from dte.parse import error_at, nearest
from dte.parse.expect import describe, known_keys

BUILD = "build"
TYPES = (BUILD, "approval", "no-op", "release", "lock", "unlock")
_COMMON_KEYS = ("type", "description", "parameters")
_BUILD_KEYS = (
    *_COMMON_KEYS,
    "executor",
    "parallelism",
    "steps",
    "circleci_ip_ranges",
    "retention",
    *SHARED_KEYS,
)
_LOCK_KEY = re.compile(r"[A-Za-z0-9.:/_-]{1,512}")
_WEBHOOKS = "{webhooks: [provider: datadog]}"
_CACHES = re.compile(r"([1-9]|[12][0-9]|30)d")


def job_type(definition: Definition) -> str:
    """Return the type of a job; raises UserError if there is no such type."""
    kind = definition.body.get("type", BUILD)
    if kind not in TYPES:
        raise error_at(
            definition.body.where_is("type"),
            f"{definition.title}: type must be one of {', '.join(TYPES)}, not "
            f"{describe(kind)}",
            suggestions=nearest(str(kind), TYPES, only_close=True)
            or ("Remove type: from a job that runs steps.",),
            code="type",
        )
    return str(kind)


def check_keys(definition: Definition, kind: str) -> None:
    """Raise UserError for an unknown or missing key of a job of this type.

    The JSON schema allows any key in approvals, no-ops and releases.
    """
    body, title = definition.body, definition.title
    if kind == BUILD:
        if "branches" in body:
            definition.namespace.notes.warn(
                "ignored",
                body.where_is("branches"),
                f"{title}: branches: is deprecated, and has no effect in version 2.1",
                ("Write filters: at the job in the workflow.",),
            )
        known_keys(body, (*_BUILD_KEYS, "branches"), title)
    elif kind in ("lock", "unlock"):
        known_keys(body, (*_COMMON_KEYS, "key"), title)
    needed = {"release": "plan_name", "lock": "key", "unlock": "key"}.get(kind)
    if needed and body.get(needed) is None:
        message = f"{title}: a job of type {kind} needs the key {needed}"
        advice = (f"Add {needed}: with a string.",)
        where = definition.where
        raise error_at(where, message, suggestions=advice, code="missing-key")


def read_settings(definition: Definition, kind: str, scope: Scope) -> dict[str, Any]:
    """Return a job's keys except its executor and steps, filled in and checked."""
    body = definition.body
    # In an orb, the description of a job is documentation and is not compiled.
    own = not definition.namespace.prefix
    checks: dict[str, values.Check] = {"description": values.text} if own else {}
    if kind == BUILD:
        checks |= {key: JOB_CHECKS[key] for key in _SETTINGS}
        return values.take(body, checks, scope, scope.title)
    if kind in ("lock", "unlock"):
        return values.take(body, {**checks, "key": lock_key}, scope, scope.title)
    release = {"plan_name": values.text, "validation": validation}
    taken = values.take(body, {**checks, **release}, scope, scope.title)
    others = set(body) - {*_COMMON_KEYS, *release}
    for key in sorted(others):
        taken[key] = fill(body[key], scope, body.where_is(key))
    return taken


def lock_key(value: Any) -> str:
    """Return the key of a lock, 1 to 512 characters."""
    if isinstance(value, str) and _LOCK_KEY.fullmatch(value):
        return value
    raise InvalidValue("1 to 512 letters, digits, and . : / _ -", "deploy")


def validation(value: Any) -> dict[str, Any]:
    """Return how a release is validated; each webhook's provider must be a string."""
    webhooks = value.get("webhooks", []) if isinstance(value, dict) else None
    if not isinstance(webhooks, list):
        raise InvalidValue("a mapping, with webhooks: as a list", _WEBHOOKS)
    for webhook in webhooks:
        if not isinstance(webhook, dict):
            raise InvalidValue("a mapping whose webhooks are mappings", _WEBHOOKS)
        provider = webhook.get("provider", "")
        if not isinstance(provider, str):
            shown = f"the provider {describe(provider)}"
            raise InvalidValue(
                "a mapping whose providers are strings", _WEBHOOKS, shown
            )
    checked: dict[str, Any] = value
    return checked


def retention(value: Any) -> dict[str, str]:
    """Return how long caches are kept: `{caches: 7d}`, 1 to 30 days."""
    if not isinstance(value, dict) or set(value) != {"caches"}:
        raise InvalidValue('a mapping like {caches: "7d"}', "{caches: 7d}")
    caches = value["caches"]
    if isinstance(caches, str) and _CACHES.fullmatch(caches):
        return {"caches": caches}
    raise InvalidValue(
        'a mapping like {caches: "7d"}, with 1 to 30 days', "{caches: 7d}"
    )


_SETTINGS = ("circleci_ip_ranges", "retention")
JOB_CHECKS: Mapping[str, values.Check] = {
    "parallelism": values.WholeNumber(1),
    "circleci_ip_ranges": values.boolean,
    "retention": retention,
}
