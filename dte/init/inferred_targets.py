"""Predicts the targets that Nx's plugins infer, from nx.json and the config files.

A plugin's `options` set the names of its targets. The default names are from the
plugins of Nx 22 (Nx docs, each plugin's page, "Inferred tasks").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from dte.init.json_files import text_of


class Inferred(NamedTuple):
    """The plugin that infers a target, and the plugin's default name for the target."""

    plugin: str
    usual_name: str


class _Inferred(NamedTuple):
    """A plugin's target; ``option`` sets its name, ``files`` matches required files."""

    option: str
    default: str
    files: str


_CODE = r"\.[cm]?[jt]s"
_TESTED_BY_VITE = _Inferred("testTargetName", "test", rf"vite(st)?\.config{_CODE}")
_BUILT_BY = {
    name: (_Inferred("buildTargetName", "build", rf"{file}{_CODE}"),)
    for name, file in {
        "@nx/webpack/plugin": r"webpack\.config",
        "@nx/rspack/plugin": r"rspack\.config",
        "@nx/rsbuild": r"rsbuild\.config",
        "@nx/rollup/plugin": r"rollup\.config",
        "@nx/next/plugin": r"next\.config",
        "@nx/nuxt/plugin": r"nuxt\.config",
        "@nx/remix/plugin": r"remix\.config",
        "@nx/react/router-plugin": r"react-router\.config",
    }.items()
}
PLUGINS: dict[str, tuple[_Inferred, ...]] = {
    **_BUILT_BY,
    "@nx/eslint/plugin": (
        _Inferred("targetName", "lint", r"\.?eslint(rc|\.config)?(\.\w+)?|\.eslintrc"),
    ),
    "@nx/jest/plugin": (_Inferred("targetName", "test", rf"jest\.config{_CODE}"),),
    "@nx/vite/plugin": (
        _Inferred("buildTargetName", "build", rf"vite\.config{_CODE}"),
        _TESTED_BY_VITE,
        _Inferred("typecheckTargetName", "typecheck", rf"vite\.config{_CODE}"),
    ),
    "@nx/vitest": (_TESTED_BY_VITE,),
    "@nx/js/typescript": (
        _Inferred("typecheck.targetName", "typecheck", r"tsconfig\.json"),
        _Inferred("build.targetName", "build", r"tsconfig\.lib\.json"),
    ),
    "@nx/cypress/plugin": (
        _Inferred("ciTargetName", "e2e-ci", rf"cypress\.config{_CODE}"),
        _Inferred("targetName", "e2e", rf"cypress\.config{_CODE}"),
    ),
    "@nx/playwright/plugin": (
        _Inferred("ciTargetName", "e2e-ci", rf"playwright\.config{_CODE}"),
        _Inferred("targetName", "e2e", rf"playwright\.config{_CODE}"),
    ),
}


def predict_targets(
    nx_json: dict[str, Any], files: Iterable[str]
) -> dict[str, Inferred]:
    """Return the targets that plugins probably infer, with their names as keys.

    `files` are paths relative to the workspace. The result has a target if a folder
    below the root contains the file that the plugin reads.
    """
    names = {name for path in files for *_, name in [path.split("/")] if "/" in path}
    targets: dict[str, Inferred] = {}
    plugins = nx_json.get("plugins")
    for entry in plugins if isinstance(plugins, list) else ():
        plugin = entry if isinstance(entry, dict) else {"plugin": entry}
        name = text_of(plugin, "plugin")
        for inferred in PLUGINS.get(name, ()):
            target = text_of(plugin, "options", *inferred.option.split("."))
            if any(re.fullmatch(inferred.files, file) for file in names):
                found = Inferred(name, inferred.default)
                targets.setdefault(target or inferred.default, found)
    return targets
