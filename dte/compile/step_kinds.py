"""CircleCI's built-in steps, with their keys and display names.

Source: "Configuration reference", section `steps`, and "Automatic reruns".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dte.compile import values
from dte.compile.caches import warn_of_cache
from dte.compile.templates import Scope
from dte.compile.variables import environment
from dte.model import Step, Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import describe, expect_map, known_keys

_WHEN = values.one_of("always", "on_success", "on_fail")
_TOOLS = values.one_of("gradle", "bazel", "turborepo", "xcode")
_SAMPLES = {
    "command": "make",
    "root": ".",
    "paths": "[dist]",
    "at": ".",
    "key": "deps-v1",
    "path": "dist",
    "tool": "gradle",
    "steps": "[run: make]",
}


@dataclass(frozen=True)
class Kind:
    """A kind of step, with its display name, its keys, and the keys that it needs.

    A step needs one key of each group in ``needs``; a step without ``needs`` may be
    written as only its name. ``writes`` lists the keys whose values are paths that the
    step writes to. ``holds`` is the key that contains steps. ``held`` lists the kinds
    of step that this key may contain; empty means any kind. ``instead`` is the kind
    that replaces a deprecated kind.
    """

    shows: str
    keys: Mapping[str, values.Check]
    needs: tuple[tuple[str, ...], ...] = ()
    writes: tuple[str, ...] = ()
    holds: str = ""
    held: tuple[str, ...] = ()
    instead: str = ""


_COMMAND = Kind(
    "",
    {
        "name": values.text,
        "command": values.text,
        "shell": values.text,
        "environment": environment,
        "background": values.boolean,
        "working_directory": values.text,
        "no_output_timeout": values.duration,
        "when": _WHEN,
        "max_auto_reruns": values.WholeNumber(1, 5),
        "auto_rerun_delay": values.delay,
        # The JSON schema has these two keys; no page documents what they do.
        "pwd": values.text,
        "path": values.text,
        # No page or schema has this key, but the published orb circleci/android uses
        # it.
        "description": values.text,
    },
    (("command",),),
    writes=("working_directory",),
    holds="teardown",
    held=(
        "run",
        "save_cache",
        "persist_to_workspace",
        "store_artifacts",
        "store_test_results",
    ),
)

KINDS: Mapping[str, Kind] = {
    "run": _COMMAND,
    "deploy": replace(_COMMAND, instead="run"),
    "checkout": Kind(
        "Checkout code",
        {
            "path": values.text,
            "method": values.one_of("blobless", "full", "shallow"),
            "depth": values.WholeNumber(1),
            "when": _WHEN,
        },
        writes=("path",),
    ),
    "persist_to_workspace": Kind(
        "Persisting to Workspace",
        {
            "root": values.text,
            "paths": values.listed_texts,
            # The JSON schema has this key; the "Configuration reference" has only
            # paths.
            "path": values.text,
            "name": values.text,
            "when": _WHEN,
        },
        (("root",), ("paths", "path")),
        writes=("root",),
    ),
    "attach_workspace": Kind(
        "Attaching Workspace",
        {"at": values.text, "name": values.text, "when": _WHEN},
        (("at",),),
        writes=("at",),
    ),
    "save_cache": Kind(
        "Saving Cache",
        {
            "key": values.some_text,
            "paths": values.listed_texts,
            "name": values.text,
            "when": _WHEN,
        },
        (("key",), ("paths",)),
        writes=("paths",),
    ),
    "restore_cache": Kind(
        "Restoring Cache",
        {
            "key": values.text,
            "keys": values.texts,
            "name": values.text,
            "when": _WHEN,
        },
        (("key", "keys"),),
    ),
    "store_artifacts": Kind(
        "Uploading artifacts",
        {
            "path": values.text,
            "destination": values.text,
            "name": values.text,
            "when": _WHEN,
        },
        (("path",),),
    ),
    "store_test_results": Kind(
        "Uploading test results",
        {"path": values.text, "name": values.text, "when": _WHEN},
        (("path",),),
    ),
    "add_ssh_keys": Kind(
        "Installing additional SSH keys",
        {"fingerprints": values.words, "when": _WHEN},
    ),
    "setup_remote_docker": Kind(
        "Setup a remote Docker engine",
        {
            "version": values.text,
            "docker_layer_caching": values.boolean,
            "prefer_same_region": values.boolean,
            "resource_class": values.text,
            "when": _WHEN,
        },
    ),
    "install_signing_bundle": Kind(
        "Installing signing bundles", {"name": values.text, "when": _WHEN}
    ),
    # Only the JSON schema has this step.
    "with_tool_cache": Kind(
        "Tool cache",
        {"tool": _TOOLS},
        (("tool",), ("steps",)),
        holds="steps",
    ),
}


def runs_a_command(name: str) -> bool:
    """Return whether steps of this kind run a command of the user."""
    return "command" in KINDS[name].keys


def check_step(name: str, given: Any, where: Where) -> LocatedMap | None:
    """Return the mapping of a built-in step, or None if the step has no mapping.

    Raises UserError for unknown keys and for missing keys.
    """
    kind = KINDS[name]
    short = runs_a_command(name) and not isinstance(given, dict | list)
    if given is None or short:
        if kind.needs and given is None:
            message = f"{name}: needs {_needs(kind)}"
            advice = (f"Write {name}: {{{_example(kind)}}}",)
            raise error_at(where, message, suggestions=advice, code="missing-key")
        if given is not None and not isinstance(given, str):
            message = f"{name}: must be a command or a mapping, not {describe(given)}"
            advice = (f"Write {name}: make, or {name}: {{{_example(kind)}}}",)
            raise error_at(where, message, suggestions=advice, code="type")
        return None
    if given == name and not kind.needs:
        return None  # The JSON schema allows `checkout: checkout`.
    mapping = expect_map(given, where, name)
    known_keys(mapping, {*kind.keys, kind.holds} - {""}, name)
    for group in kind.needs:
        if not any(mapping.get(key) is not None for key in group):
            message = f"{name}: needs the key {' or '.join(group)}"
            advice = (f"Write {name}: {{{_example(kind)}}}",)
            raise error_at(
                mapping.where, message, suggestions=advice, code="missing-key"
            )
    if "auto_rerun_delay" in mapping and "max_auto_reruns" not in mapping:
        item_where = mapping.where_is("auto_rerun_delay")
        message = f"{name}: auto_rerun_delay needs max_auto_reruns"
        advice = ("Add max_auto_reruns: 1, up to 5.",)
        raise error_at(item_where, message, suggestions=advice, code="missing-key")
    return mapping


def require_held(name: str, mapping: LocatedMap) -> None:
    """Raise UserError for a step that must contain steps and has none."""
    holds = KINDS[name].holds
    if mapping.get(holds) in (None, [], {}):
        message = f"{name}: {holds}: needs at least one step"
        advice = (f"Add a step, such as {holds}: [run: make]",)
        where = mapping.where_is(holds)
        raise error_at(where, message, suggestions=advice, code="steps")


def check_held(name: str, held: str, given: Any, where: Where) -> None:
    """Raise UserError if a step of kind `name` may not contain the step `held`.

    Source: JSON schema, `teardown`: its steps can't be commands, conditions or
    background steps, and can't have a teardown.
    """
    kind = KINDS[name]
    if not kind.held or "<<" in held:
        return
    if held not in kind.held:
        raise error_at(
            where,
            f'{name}: {kind.holds}: "{held}" is not allowed here',
            suggestions=(f"Allowed here: {', '.join(kind.held)}",),
            code="step",
        )
    mapping = given if isinstance(given, Mapping) else {}
    for key in (kind.holds, "background"):
        if mapping.get(key):
            raise error_at(
                where,
                f'{name}: {kind.holds}: the step {held} can\'t have the key "{key}"',
                suggestions=(f"Remove {key}.",),
                code="step",
            )


def _needs(kind: Kind) -> str:
    return " and ".join(" or ".join(group) for group in kind.needs)


def _example(kind: Kind) -> str:
    """Return the keys that a step needs, with a value for each."""
    return ", ".join(f"{group[0]}: {_SAMPLES[group[0]]}" for group in kind.needs)


def build_step(name: str, given: Any, scope: Scope, where: Where) -> Step:
    """Return one built-in step, filled in and checked, without the steps inside it."""
    kind = KINDS[name]
    if kind.instead:
        scope.namespace.notes.tell(
            "deprecated",
            where,
            f"the step {name} is deprecated",
            (f"Write {kind.instead}: with the same keys.",),
        )
    mapping = check_step(name, given, where)
    if mapping is None:
        arguments: dict[str, Any] = {}
        if given is not None and given != name:
            arguments["command"] = values.take_one(
                given, values.text, scope, where, name
            )
    else:
        arguments = values.take(mapping, kind.keys, scope, name)
    if name in ("save_cache", "restore_cache"):
        warn_of_cache(arguments, where, scope.namespace.notes)
    shown = arguments.get("name") or kind.shows or arguments.get("command", "")
    return Step(name, shown, arguments, where)
