"""dte and CircleCI's JSON schema give the same verdict, except in explained cases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import check_jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import (  # type: ignore[import-untyped]
    Draft7Validator,
    ValidationError,
    validators,
)

from dte.compile.step_kinds import KINDS
from dte.errors import UserError
from tests.dte.compile.configs import compile_text
from tests.dte.compile.test_documented import ACCEPTED
from tests.dte.compile.test_robustness import GOOD, changed_config

SCHEMA = json.loads(
    Path(check_jsonschema.__file__)
    .with_name("builtin_schemas")
    .joinpath("vendor", "circle-ci.json")
    .read_text(encoding="utf-8")
)


def match(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """Check a pattern as JavaScript would; Python has no `\\p{Cc}`."""
    known = pattern.replace(r"\p{Cc}", "")
    if isinstance(instance, str) and not re.search(known, instance):
        yield ValidationError(f"{instance!r} does not match {pattern}")


VALIDATOR: Any = validators.extend(Draft7Validator, {"pattern": match})(SCHEMA)

# The cases that the schema refuses and dte compiles, each with the reason.
EXPLAINED: dict[str, Callable[[list[str], Any, Any], bool]] = {
    "an empty value counts as an absent key": lambda place, value, config: (
        value is None or value == {}
    ),
    "a template stands for a list or a number (Reusable config reference, steps; "
    "Expressions in configuration fields)": lambda place, value, config: (
        "<<" in json.dumps(value)
    ),
    "equal takes values of any kind (Logic statement syntax)": (
        lambda place, value, config: "equal" in place or "when" in place
    ),
    "an enum beside another type has no effect (cypress-io/cypress)": (
        lambda place, value, config: "enum" in place
    ),
    "a number may be a choice of an enum (Reusable config reference, Enum)": (
        lambda place, value, config: "parameters" in place
    ),
    "names in a processed config contain more characters": (
        lambda place, value, config: place in (["jobs"], ["workflows"])
    ),
    "a parameter with any name and a value of any type is an argument": (
        lambda place, value, config: place[:1] == ["workflows"] and len(place) > 4
    ),
    "a command may have the name of a step (Reusable config reference, Special keys)": (
        lambda place, value, config: (
            "steps" in place
            and not KINDS.keys().isdisjoint(config.get("commands") or {})
        )
    ),
    "key and keys may stand together (Configuration reference, restore_cache)": (
        lambda place, value, config: "restore_cache" in place
    ),
    "a run step has a description (circleci/android)": (
        lambda place, value, config: (
            place[-1:] == ["run"] and isinstance(value, dict) and "description" in value
        )
    ),
    "branches in a job are deprecated (Configuration reference, branches)": (
        lambda place, value, config: (
            place[:1] == ["jobs"] and isinstance(value, dict) and "branches" in value
        )
    ),
    "an orb is opened when something of it is used": (
        lambda place, value, config: place[:1] == ["orbs"]
    ),
}


def deepest(error: ValidationError) -> ValidationError:
    """Return the innermost error, which shows the value that does not fit."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def first_error(config: Any) -> ValidationError:
    """Return the innermost error that the schema finds first."""
    errors = VALIDATOR.iter_errors(config)
    return deepest(next(errors))


def explained(config: Any) -> bool:
    """Return whether the first error of the schema is an explained case."""
    error = first_error(config)
    place = [str(part) for part in error.absolute_path]
    return any(why(place, error.instance, config) for why in EXPLAINED.values())


# The codes of errors that the schema does not find, and why.
BEYOND = {
    "circle": "the schema follows no names",
    "condition": "it takes other keys beside an operator",
    "expression": "it reads no expressions",
    "job-group": "it takes any key in the call of a group",
    "limit": "it counts nothing",
    "matrix": "it does not know what a job declares",
    "missing-key": "it does not require workflows, nor the name of an executor",
    "name": "it takes a name that is empty after a template is filled in",
    "orb-reference": "it takes a template for the version",
    "parameter": "it does not know what a job or command declares",
    "pattern": "it reads no patterns",
    "requires": "it follows no names",
    "schedule": "it takes any text for cron, and no filters",
    "setup": "it does not decide which workflows run",
    "step": "it takes a list in a list of steps",
    "type": "it takes a text for a job, a command and paths, and any matrix",
    "undeclared": "it follows no names",
    "unknown-executor": "it follows no names",
    "unknown-job": "it follows no names",
    "unknown-key": "it takes any key beside schedule, in exclude, and in a when step",
    "unknown-step": "it follows no names",
    "version": "it takes the version as a text",
}
CONFIGS = [*GOOD, *(yaml.safe_load(case["config"]) for case in ACCEPTED)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=changed_config(CONFIGS))
def test_what_the_schema_accepts(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If the schema accepts a changed config, dte refuses only explained cases."""
    if not VALIDATOR.is_valid(yaml.safe_load(text)):
        return
    codes: set[str] = set()
    try:
        compile_text(text, tmp_path_factory.getbasetemp(), stub_missing_orbs=True)
    except UserError as error:
        codes = {one.code for one in (error, *error.others)}
    assert codes <= BEYOND.keys()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=changed_config(CONFIGS))
def test_what_the_schema_refuses(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If the schema refuses a changed config, dte refuses it too or it is explained."""
    config = yaml.safe_load(text)
    if VALIDATOR.is_valid(config):
        return
    try:
        compile_text(text, tmp_path_factory.getbasetemp(), stub_missing_orbs=True)
    except UserError:
        return
    assert explained(config), first_error(config)


REFUSED = [
    ("jobs: {a: {machine: true, steps: [run: {command: 3}]}}", 'in quotes: "3"'),
    ("jobs: {a: {docker: [{image: 3.10}], steps: [checkout]}}", 'in quotes: "3.10"'),
    ("jobs: {a: {docker: [{image: a, command: [b, 1]}], steps: [checkout]}}", '"1"'),
    ("jobs: {a: {steps: [checkout]}}", "has no executor"),
    ("jobs: {a: {docker: [{imag: a}], steps: [checkout]}}", '"imag"'),
    ("jobs: {a: {machine: [], steps: [checkout]}}", "machine: must be a mapping"),
    ("jobs: {a: {machine: true, description: [], steps: [checkout]}}", "description"),
    ("jobs: {a: {macos: {xcode: 1, code_signing: b}, steps: [checkout]}}", "a list of"),
    ("jobs: {a: {machine: true, steps: [save_cache: {key: '', paths: [b]}]}}", "empty"),
    ("jobs: {a: {executor: [b], steps: [checkout]}}", "a name or a mapping"),
    (
        "jobs: {a: {type: release, plan_name: b, "
        "validation: {webhooks: [provider: 1]}}}",
        "the provider the number 1",
    ),
    ("workflows: {version: [], b: {jobs: [c]}}", "version: must be a number"),
    ("jobs:", "jobs must be a mapping"),
    ("job-groups:", "job-groups must be a mapping"),
    ("workflows: {b: {when: false, jobs: {}}}", "jobs must be a list"),
]


@pytest.mark.parametrize(("part", "message"), REFUSED)
def test_what_only_the_schema_refused(part: str, message: str, tmp_path: Path) -> None:
    """dte refuses what the schema refuses, and gives the reason."""
    text = f"version: 2.1\n{part}\n"
    if not part.startswith("workflows"):
        text += "workflows: {w: {jobs: [a]}}\n"
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path)
    said = "\n".join([caught.value.message, *caught.value.suggestions])
    assert message in said
