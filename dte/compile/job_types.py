"""The types of jobs, and the keys that each type has.

Source: "Configuration reference", `type`, and the JSON schema. A job of the type
`build` runs steps; every other type has an effect only on CircleCI.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dte.compile import values
from dte.compile.executors import SHARED_KEYS
from dte.compile.literals import check_literals, is_literal
from dte.compile.namespace import Definition
from dte.compile.templates import Scope, fill
from dte.compile.values import InvalidValue
from dte.model import Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, known_keys, shorten

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
_DATA_POINTS = (
    "component_name",
    "env",
    "version",
    "project_id",
    "namespace",
    "signal_name",
    "criteria",
)
_SAMPLES = {"enabled": "true", "name": "error_rate", "provider": "datadog"}
_PROVIDERS = ("datadog", "prometheus", "grafana", "alertmanager", "custom")
_CACHES = re.compile(r"([1-9]|[12][0-9]|30)d")
_LONGEST_RETENTION = 15


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
        known_keys(body, ("type", "parameters", "key"), title)
    elif kind == "approval":
        for key in set(body) - set(_COMMON_KEYS):
            definition.namespace.notes.warn(
                "ignored",
                body.where_is(key),
                f"{title}: a job of type approval takes no {shorten(key)}",
                (f"Remove {shorten(key)}, or the type.",),
            )
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
        taken = values.take(body, checks, scope, scope.title)
        _warn_of_long_retention(taken, definition)
        return taken
    if kind in ("lock", "unlock"):
        return values.take(body, {**checks, "key": lock_key}, scope, scope.title)
    taken = values.take(body, {**checks, "plan_name": values.text}, scope, scope.title)
    if kind == "release" and "validation" in body:
        taken["validation"] = _validation(body, scope)
    others = set(body) - {*_COMMON_KEYS, "plan_name", "validation"}
    for key in sorted(others):
        taken[key] = fill(body[key], scope, body.where_is(key))
    return taken


def check_settings(definition: Definition, scope: Scope) -> None:
    """Raise UserError for settings that are invalid whatever the parameters are.

    This also finds errors in jobs that nothing uses.
    """
    body, kind = definition.body, job_type(definition)
    checks: Mapping[str, values.Check] = JOB_CHECKS
    if kind != BUILD:
        checks = {"key": lock_key, "plan_name": values.text}
    check_literals(body, checks, scope, scope.title)
    if kind == "release" and "validation" in body and is_literal(body["validation"]):
        _validation(body, scope)


def lock_key(value: Any) -> str:
    """Return the key of a lock, which has 1 to 512 characters."""
    if isinstance(value, str) and _LOCK_KEY.fullmatch(value):
        return value
    raise InvalidValue("1 to 512 letters, digits, and . : / _ -", "deploy")


def _validation(body: LocatedMap, scope: Scope) -> dict[str, Any]:
    """Return the `validation:` of a release, filled in and checked.

    Source: "Release validation configuration reference" and "Configuration reference",
    `validation`. The JSON schema allows any other keys and providers.
    """
    title, where = f"{scope.title}: validation", body.where_is("validation")
    written = expect_map(body["validation"], where, title)
    checks: dict[str, values.Check] = {
        "enabled": values.boolean,
        "evaluation_time": values.duration_text,
        "auto_rollback_on_failure": values.boolean,
    }
    _require(written, ("enabled",), title)
    taken = _take_all(written, checks, scope, title, read_later=("webhooks",))
    if "webhooks" in written:
        title, where = f"{title}: webhooks", written.where_is("webhooks")
        taken["webhooks"] = [
            _webhook(item, at, scope, title)
            for item, at in expect_list(written["webhooks"], where, title).with_lines()
        ]
    return taken


def _webhook(item: Any, where: Where, scope: Scope, title: str) -> dict[str, Any]:
    written = expect_map(item, where, title)
    checks: dict[str, values.Check] = {
        "name": values.some_text,
        "provider": values.text,
        "fail_when": values.text,
        "max_failures": values.WholeNumber(1),
    }
    _require(written, ("name", "provider"), title)
    taken = _take_all(written, checks, scope, title, read_later=("data_points",))
    provider, at = taken["provider"], written.where_is("provider")
    scope.namespace.notes.warn_if(lambda: _check_provider(provider, at, title))
    if "data_points" in written:
        title, where = f"{title}: data_points", written.where_is("data_points")
        points = expect_map(written["data_points"], where, title)
        paths = dict.fromkeys(_DATA_POINTS, values.text)
        taken["data_points"] = _take_all(points, paths, scope, title)
    return taken


def _check_provider(provider: str, where: Where, title: str) -> None:
    if provider not in _PROVIDERS:
        raise error_at(
            where,
            f"{title}: provider: must be one of {', '.join(_PROVIDERS)}, not "
            f"{describe(provider)}",
            suggestions=nearest(provider, _PROVIDERS),
            code="type",
        )


def _take_all(
    source: LocatedMap,
    checks: Mapping[str, values.Check],
    scope: Scope,
    title: str,
    read_later: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the keys of `source`, filled in; warn of keys that have no check.

    Keys in `read_later` are left out, because the caller reads them.
    """
    known = (*checks, *read_later)
    scope.namespace.notes.warn_if(lambda: known_keys(source, known, title))
    taken = values.take(source, checks, scope, title)
    for key in source:
        if key not in known:
            taken[key] = fill(source[key], scope, source.where_is(key))
    return taken


def _require(mapping: LocatedMap, keys: tuple[str, ...], title: str) -> None:
    for key in keys:
        if mapping.get(key) is None:
            message = f"{title}: needs the key {key}"
            advice = (f"Add {key}: {_SAMPLES[key]}",)
            where = mapping.where
            raise error_at(where, message, suggestions=advice, code="missing-key")


def retention(value: Any) -> dict[str, str]:
    """Return the retention of caches, such as `{caches: 7d}`, from 1 to 30 days."""
    if not isinstance(value, dict) or set(value) != {"caches"}:
        raise InvalidValue('a mapping like {caches: "7d"}', "{caches: 7d}")
    caches = value["caches"]
    if isinstance(caches, str) and _CACHES.fullmatch(caches):
        return {"caches": caches}
    raise InvalidValue(
        'a mapping like {caches: "7d"}, with 1 to 30 days', "{caches: 7d}"
    )


def _warn_of_long_retention(taken: dict[str, Any], definition: Definition) -> None:
    """Warn of more than 15 days: CircleCI's page says 30 in one sentence, else 15."""
    days = int(taken.get("retention", {}).get("caches", "0d")[:-1])
    if days > _LONGEST_RETENTION:
        definition.namespace.notes.warn(
            "documented-limit",
            definition.body.where_is("retention"),
            f"{definition.title}: retention: caches are kept {_LONGEST_RETENTION} days "
            f"at most, not {days}",
            (f"Write caches: {_LONGEST_RETENTION}d",),
        )


_SETTINGS = ("circleci_ip_ranges", "retention")
JOB_CHECKS: Mapping[str, values.Check] = {
    "parallelism": values.WholeNumber(1),
    "circleci_ip_ranges": values.boolean,
    "retention": retention,
}
