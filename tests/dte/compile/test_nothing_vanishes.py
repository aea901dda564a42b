"""No key of the JSON schema vanishes: it is printed, has an effect, or is in a note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.compile.step_kinds import KINDS
from tests.configs import one_job
from tests.dte.compile.configs import compile_text
from tests.dte.compile.test_schema_agrees import SCHEMA

GROUPS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "schema_keys.yml").read_text("utf-8")
)
BUILD = "jobs: {build: {machine: true, steps: [checkout]}}"
KEYS = [
    (group, key, *sample)
    for group, about in GROUPS.items()
    for key, sample in about["keys"].items()
]
STEPS = {
    name: schema
    for name, schema in SCHEMA["definitions"]["step"]["oneOf"][1]["properties"].items()
    if name in KINDS
}
# Valid values for keys that don't accept an arbitrary string.
VALUES = {
    "when": "always",
    "method": "full",
    "depth": 7,
    "paths": ["kept"],
    "keys": ["kept"],
    "fingerprints": ["kept"],
    "environment": {"A": "kept"},
    "background": True,
    "docker_layer_caching": True,
    "prefer_same_region": True,
    "max_auto_reruns": 3,
    "auto_rerun_delay": "7s",
    "no_output_timeout": "7m",
    "tool": "bazel",
    "steps": [{"run": {"command": "kept"}}],
    "teardown": [{"store_artifacts": {"path": "kept"}}],
}


def properties(path: str) -> dict[str, Any]:
    """Return the properties at a path of the schema."""
    node: Any = SCHEMA
    for part in path.split("/"):
        node = node[int(part)] if isinstance(node, list) else node[part]
    found: dict[str, Any] = node
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_every_key_has_a_sample(group: str) -> None:
    """The table of samples has the same keys as the schema."""
    assert set(GROUPS[group]["keys"]) == set(properties(GROUPS[group]["at"]))


@pytest.mark.parametrize("sample", KEYS, ids=lambda sample: f"{sample[0]}: {sample[1]}")
def test_a_key_does_not_vanish(sample: tuple[str, ...], tmp_path: Path) -> None:
    """Each key's value appears in the printed config, in a warning or in a note."""
    group, key, value, shows, *around = sample
    text = (around or [GROUPS[group]["in"]])[0].replace("HERE", f"{key}: {value}")
    for line in ("version: 2.1", BUILD):
        if f"\n{line.partition(':')[0]}:" not in f"\n{text}":
            text += f"\n{line}"
    compiled = compile_text(text, tmp_path)
    printed = yaml.safe_dump(compiled.document, sort_keys=False, width=1000)
    assert shows in "\n".join([printed, *(note.text for note in compiled.notes)])


def step_keys() -> list[tuple[str, str]]:
    """Return pairs: a kind of step in the schema, and one of its keys."""
    found = []
    for name, schema in STEPS.items():
        for form in schema.get("oneOf", [schema]):
            found += [(name, key) for key in form.get("properties", {})]
    return found


@pytest.mark.parametrize(("name", "key"), step_keys())
def test_a_key_of_a_step_does_not_vanish(name: str, key: str, tmp_path: Path) -> None:
    """Each key of a step is printed with its value."""
    step = {group[0]: VALUES.get(group[0], "x") for group in KINDS[name].needs}
    if name == "persist_to_workspace" and key == "path":
        del step["paths"]
    if key == "auto_rerun_delay":
        step["max_auto_reruns"] = 3
    step[key] = VALUES.get(key, "kept")
    compiled = compile_text(one_job(yaml.safe_dump({name: step})), tmp_path)
    (printed,) = compiled.document["jobs"]["build"]["steps"]
    assert printed == {name: step}
