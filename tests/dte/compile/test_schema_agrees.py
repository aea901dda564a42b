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

from dte.compile.jobs import RESERVED
from dte.compile.step_kinds import KINDS
from dte.errors import UserError
from tests.docs.pages import list_texts
from tests.dte.compile.beyond_schema import BEYOND, beyond
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

OPERATORS = {"and", "or", "not", "equal", "matches"}
# The paths at which an empty value counts as an absent key.
EMPTY = re.compile(
    r".*/steps/\d+(/[^/]+)?|.*/(when|unless|condition|not|pattern|value)"
    r"|.*/(and|or|equal)/\d+"
    r"|(workflows|job-groups)/[^/]+/jobs/\d+/.+?(/(requires|context|matrix/exclude"
    r"|alias|filters(/(branches|tags)(/(only|ignore))?)?|(pre|post)-steps"
    r"|override-with))?"
    r"|orbs/[^/]+/(jobs|commands|executors)"
    r"|(orbs/[^/]+/)?(jobs|commands|executors)/[^/]+/parameters"
)

# The reasons why dte compiles a config that the schema refuses. A function returns
# whether the reason applies, given the path of the value, the value and the config.
EXPLAINED: dict[str, Callable[[str, Any, Any], bool]] = {
    "an empty value counts as an absent key": lambda path, value, config: (
        (value is None or value == {}) and bool(EMPTY.fullmatch(path))
    ),
    "a template stands for a list or a number (Reusable config reference, steps; "
    "Expressions in configuration fields)": lambda path, value, config: (
        "<<" in (value if isinstance(value, str) else " ".join(keys_of(value)))
    ),
    "equal takes values of any kind (Logic statement syntax)": (
        lambda path, value, config: bool(re.search(r"/equal/\d+(/|$)", path))
    ),
    "a mapping without an operator is true (Logic statement syntax)": (
        lambda path, value, config: (
            bool(re.search(r"/(when|unless|condition|not|(and|or)/\d+)$", path))
            and isinstance(value, dict)
            and OPERATORS.isdisjoint(value)
        )
    ),
    "an enum beside another type has no effect (cypress-io/cypress)": (
        lambda path, value, config: bool(
            re.search(r"/parameters/[^/]+/enum(/\d+)?$", f"/{path}")
        )
    ),
    "a number may be a choice of an enum (Reusable config reference, Enum)": (
        lambda path, value, config: (
            isinstance(value, int | float)
            and bool(re.search(r"/parameters/[^/]+/(enum/\d+|default)$", f"/{path}"))
        )
    ),
    "names of jobs in a processed config contain more characters": (
        lambda path, value, config: (
            path == "jobs"
            and config.keys()
            <= {"version", "setup", "jobs", "workflows", "experimental"}
        )
    ),
    "the default of an executor may have arguments (Reusable config reference)": (
        lambda path, value, config: (
            bool(re.search("/parameters/[^/]+/default(/[^/]+)?$", f"/{path}"))
            and isinstance(value, dict)
            and "name" in value
        )
    ),
    "terminal may be in a list of statuses (Configuration reference, requires)": (
        lambda path, value, config: "/requires/" in path and value == "terminal"
    ),
    "a parameter with any name and a value of any type is an argument": (
        lambda path, value, config: (
            (found := re.match(r"workflows/[^/]+/jobs/\d+/.+?/([^/]+)", path))
            is not None
            and (found[1] not in RESERVED or "/matrix/" in path)
        )
    ),
    "a command may have the name of a step (Reusable config reference, Special keys)": (
        lambda path, value, config: any(
            f"/{name}" in path or name in keys_of(value)
            for name in KINDS.keys() & keys_of(config.get("commands"))
        )
    ),
    "key and keys may stand together (Configuration reference, restore_cache)": (
        lambda path, value, config: (
            path.endswith("/restore_cache") and keys_of(value) >= {"key", "keys"}
        )
    ),
    "a run step has a description (circleci/android)": (
        lambda path, value, config: (
            path.endswith("/run") and "description" in keys_of(value)
        )
    ),
    "branches in a job are deprecated (Configuration reference, branches)": (
        lambda path, value, config: (
            bool(re.fullmatch("jobs/[^/]+", path)) and "branches" in keys_of(value)
        )
    ),
    "steps: in a list of steps takes a list (no source refuses it)": (
        lambda path, value, config: (
            bool(re.search(r"/steps/\d+/steps$", path)) and isinstance(value, list)
        )
    ),
}


def keys_of(value: Any) -> set[str]:
    """Return the keys of a mapping; an empty set for any other value."""
    return {str(key) for key in value} if isinstance(value, dict) else set()


def deepest(error: ValidationError) -> ValidationError:
    """Return the innermost error, which shows the value that does not fit."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def first_error(config: Any) -> ValidationError:
    """Return the innermost part of the first error that the schema finds."""
    errors = VALIDATOR.iter_errors(config)
    return deepest(next(errors))


def explained(config: Any) -> bool:
    """Return whether the first error of the schema is an explained case."""
    error = first_error(config)
    path = "/".join(str(part) for part in error.absolute_path)
    return any(why(path, error.instance, config) for why in EXPLAINED.values())


CONFIGS = [*GOOD, *(yaml.safe_load(case["config"]) for case in ACCEPTED)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=changed_config(CONFIGS))
def test_what_the_schema_accepts(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If dte refuses a changed config that the schema accepts, BEYOND says why."""
    if not VALIDATOR.is_valid(yaml.safe_load(text)):
        return
    try:
        compile_text(text, tmp_path_factory.getbasetemp(), stub_missing_orbs=True)
    except UserError as error:
        for one in (error, *error.others):
            assert beyond(one, text), one.message


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=changed_config(CONFIGS))
def test_what_the_schema_refuses(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If dte accepts a changed config that the schema refuses, EXPLAINED says why."""
    config = yaml.safe_load(text)
    if VALIDATOR.is_valid(config):
        return
    try:
        compile_text(text, tmp_path_factory.getbasetemp(), stub_missing_orbs=True)
    except UserError:
        return
    assert explained(config), first_error(config)


def test_each_explanation_has_the_words_of_a_message() -> None:
    """The words that identify an explained error are in the code of dte."""
    words = {
        part
        for kinds in BEYOND.values()
        for kind in kinds
        for message in kind.words.split("|")
        if not set(message) & set("[]()*")
        for part in re.split("^must be |: must be |: unknown key", message)
        if part != "must be"
    }
    texts = list_texts()
    assert [part for part in words if not any(part in text for text in texts)] == []


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
        "validation: {enabled: true, webhooks: [{name: c, provider: 1}]}}}",
        "provider: must be a string",
    ),
    ("workflows: {version: [], b: {jobs: [c]}}", "version: must be a number"),
    ("jobs:", "jobs must be a mapping"),
    ("job-groups:", "job-groups must be a mapping"),
    ("workflows: {b: {when: false, jobs: {}}}", "jobs must be a list"),
]


@pytest.mark.parametrize(("part", "message"), REFUSED)
def test_what_only_the_schema_refused(part: str, message: str, tmp_path: Path) -> None:
    """dte refuses these configs as the schema does, and gives the reason."""
    text = f"version: 2.1\n{part}\n"
    if not part.startswith("workflows"):
        text += "workflows: {w: {jobs: [a]}}\n"
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path)
    said = "\n".join([caught.value.message, *caught.value.suggestions])
    assert message in said
