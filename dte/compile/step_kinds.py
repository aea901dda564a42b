"""CircleCI's built-in steps, with their keys and display names.

After "Configuration reference", section `steps`, and "Automatic reruns".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dte.compile import values
from dte.compile.templates import Scope
from dte.model import Step, Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import describe, expect_map, known_keys

_WHEN = values.one_of("always", "on_success", "on_fail")


@dataclass(frozen=True)
class Kind:
    """A kind of step: its display name, its keys, and which of them it needs.

    A step needs one key of each group in ``needs``; a step that needs none may be
    written as its name alone. ``writes`` lists the keys that name paths it writes to.
    """

    shows: str
    keys: Mapping[str, values.Check]
    needs: tuple[tuple[str, ...], ...] = ()
    writes: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "run": Kind(
        "",
        {
            "name": values.text,
            "command": values.text,
            "shell": values.text,
            "environment": values.environment,
            "background": values.boolean,
            "working_directory": values.text,
            "no_output_timeout": values.duration,
            "when": _WHEN,
            "max_auto_reruns": values.integer(1, 5),
            "auto_rerun_delay": values.delay,
        },
        (("command",),),
        writes=("working_directory",),
    ),
    "checkout": Kind(
        "Checkout code",
        {
            "path": values.text,
            "method": values.one_of("blobless", "full", "shallow"),
            "depth": values.integer(1),
            "when": _WHEN,
        },
        writes=("path",),
    ),
    "persist_to_workspace": Kind(
        "Persisting to Workspace",
        {
            "root": values.text,
            "paths": values.texts,
            "name": values.text,
            "when": _WHEN,
        },
        (("root",), ("paths",)),
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
            "key": values.text,
            "paths": values.texts,
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
        {"fingerprints": values.texts, "when": _WHEN},
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
}


def check_step(name: str, given: Any, where: Where) -> LocatedMap | None:
    """Return the mapping of a built-in step, or None if it has none.

    Raises UserError for keys that it does not have and for those it lacks.
    """
    kind = KINDS[name]
    if given is None or (name == "run" and not isinstance(given, dict | list)):
        if kind.needs and given is None:
            raise error_at(where, f"{name}: needs {_needs(kind)}")
        if given is not None and not isinstance(given, str):
            message = f"run: must be a command or a mapping, not {describe(given)}"
            raise error_at(where, message)
        return None
    mapping = expect_map(given, where, name)
    known_keys(mapping, kind.keys, name)
    for group in kind.needs:
        if not any(mapping.get(key) is not None for key in group):
            raise error_at(mapping.where, f"{name}: needs the key {' or '.join(group)}")
    if "auto_rerun_delay" in mapping and "max_auto_reruns" not in mapping:
        item_where = mapping.where_is("auto_rerun_delay")
        raise error_at(item_where, "run: auto_rerun_delay needs max_auto_reruns")
    return mapping


def _needs(kind: Kind) -> str:
    return " and ".join(" or ".join(group) for group in kind.needs)


def build_step(name: str, given: Any, scope: Scope, where: Where) -> Step:
    """Return one built-in step, filled in and checked."""
    mapping = check_step(name, given, where)
    if mapping is None:
        arguments: dict[str, Any] = {}
        if given is not None:
            command = values.take_one(given, values.text, scope, where, "run")
            arguments["command"] = command
    else:
        arguments = values.take(mapping, KINDS[name].keys, scope, name)
    shown = arguments.get("name") or KINDS[name].shows or arguments.get("command", "")
    return Step(name, shown, arguments, where)
