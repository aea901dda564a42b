"""Independent errors are reported together, and consequences of an error are not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dte.errors import MAX_ERRORS, UserError
from tests.dte.compile.configs import compile_text
from tests.dte.compile.test_cases import CASES, NAMES, compile_case
from tests.dte.compile.test_documented import REFUSED, compile_documented
from tests.dte.compile.test_robustness import places

CONFIG = """\
version: 2.1
parameters:
  size: {type: string, default: small}
orbs:
  tool: acme/tool@1
commands:
  greet:
    parameters:
      to: {type: string}
    steps:
      - run: echo << parameters.to >>
  spare:
    steps:
      - run: {command: make, name: Make}
executors:
  spare:
    docker: [{image: cimg/base:current}]
jobs:
  build:
    docker:
      - image: cimg/base:current
      - image: cimg/postgres:16.1
    parallelism: 2
    steps:
      - checkout: {method: full}
      - greet: {to: you}
      - run: {command: make, when: always, no_output_timeout: 20m}
  test:
    machine: true
    environment: {A: b}
    steps:
      - save_cache: {key: a, paths: [b]}
  spare:
    machine: true
    steps: [checkout]
workflows:
  main:
    when: pipeline.git.branch
    jobs:
      - build: {context: [one]}
      - test: {requires: [build]}
      - hold: {type: approval, requires: [test]}
  other:
    jobs:
      - test
      - build: {requires: [test: success], filters: pipeline.git.branch}
"""

# A text in CONFIG, its replacement, the code of the error, and the line of the error.
MISTAKES = [
    ("acme/tool@1", "acme/tool", "orb-reference", 5),
    ("echo << parameters.to >>", "echo << parameters.two >>", "undeclared", 11),
    ("{command: make, name: Make}", "{command: make, nme: Make}", "unknown-key", 14),
    ("docker: [{image: cimg/base:current}]", "docker: {}", "type", 17),
    ("cimg/postgres:16.1", "16.1", "type", 22),
    ("parallelism: 2", "parallelism: many", "type", 23),
    ("method: full", "method: treeless", "type", 25),
    ("greet: {to: you}", "greet: {too: you}", "parameter", 26),
    ("when: always", "when: sometimes", "type", 27),
    ("no_output_timeout: 20m", "no_output_timeout: soon", "type", 27),
    ("environment: {A: b}", "environment: 7", "type", 30),
    (", paths: [b]", "", "missing-key", 32),
    ("steps: [checkout]", "steps: [chekout]", "unknown-step", 35),
    ("when: pipeline.git.branch", "when: pipeline.git.branch ==", "expression", 38),
    ("context: [one]", "context: [1]", "type", 40),
    ("requires: [build]", "requires: [biuld]", "requires", 41),
    ("test: success", "test: succeeded", "requires", 46),
    (
        "filters: pipeline.git.branch",
        "filters: << pipeline.number >>",
        "expression",
        46,
    ),
]
# If a workflow has this mistake, dte looks up none of the workflow's requirements.
UNREADABLE = "context: [one]"


def errors_of(config: str, folder: Path) -> list[tuple[str, int]]:
    """Return the code and the line of each error."""
    with pytest.raises(UserError) as caught:
        compile_text(config, folder, stub_missing_orbs=True)
    every = (caught.value, *caught.value.others)
    return [(error.code, error.where.line) for error in every if error.where]


def test_the_config_without_mistakes(tmp_path: Path) -> None:
    """The config that the other tests change compiles."""
    compile_text(CONFIG, tmp_path, stub_missing_orbs=True)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mistakes=st.sets(st.sampled_from(MISTAKES), min_size=1))
def test_every_mistake_is_reported(
    mistakes: set[tuple[str, str, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each mistake is reported as an error, but its consequences are not."""
    config = CONFIG
    unreadable = any(written == UNREADABLE for written, *_ in mistakes)
    expected = []
    for written, instead, code, line in mistakes:
        assert config.count(written) == 1, written
        config = config.replace(written, instead)
        if not (unreadable and instead == "requires: [biuld]"):
            expected.append((code, line))
    found = errors_of(config, tmp_path_factory.getbasetemp())
    assert sorted(found) == sorted(expected)
    assert [line for _, line in found] == sorted(line for _, line in found)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_one_mistake_is_one_error(case: dict[str, Any], tmp_path: Path) -> None:
    """A documented config with one mistake has one error."""
    with pytest.raises(UserError) as caught:
        compile_documented(case, tmp_path)
    assert caught.value.others == ()


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("error_")])
def test_a_case_has_one_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that is refused has one error."""
    monkeypatch.chdir(CASES / name)
    with pytest.raises(UserError) as caught:
        compile_case(CASES / name)
    assert caught.value.others == ()


def test_the_number_is_bounded(tmp_path: Path) -> None:
    """Only the first MAX_ERRORS errors are collected."""
    names = [f"j{number}" for number in range(200)]
    jobs = "".join(f"  {name}: {{machine: true, steps: [x]}}\n" for name in names)
    workflows = f"workflows: {{main: {{jobs: [{', '.join(names)}]}}}}\n"
    config = f"version: 2.1\njobs:\n{jobs}{workflows}"
    found = errors_of(config, tmp_path)
    assert len(found) == MAX_ERRORS
    assert [line for _, line in found] == list(range(3, 3 + MAX_ERRORS))


def emptied(value: Any) -> Iterator[str]:
    """Yield CONFIG with each of its values replaced by `value` in turn.

    Whole jobs are not replaced, because an empty job has two errors: it has no executor
    and no steps.
    """
    for number in range(len(list(places(yaml.safe_load(CONFIG))))):
        config = yaml.safe_load(CONFIG)
        container, key = list(places(config))[number]
        if container is config["jobs"]:
            continue
        container[key] = value
        yield yaml.safe_dump(config, sort_keys=False)


@pytest.mark.parametrize("value", [None, [], {}], ids=["nothing", "list", "mapping"])
def test_an_empty_value_is_reported_once(value: Any, tmp_path: Path) -> None:
    """An empty value never causes two errors at the same line."""
    for config in emptied(value):
        with contextlib.suppress(UserError):
            compile_text(config, tmp_path, stub_missing_orbs=True)
            continue
        found = errors_of(config, tmp_path)
        lines = [line for _, line in found]
        assert len(lines) == len(set(lines)), (found, config)
