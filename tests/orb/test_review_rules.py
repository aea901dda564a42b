"""The orb passes each review rule of the Orb Development Kit; a broken orb fails it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tooling.repository import ROOT
from tools.orb_review import RULES, read_orb, review

Breakage = Callable[[Path], None]


def edit(name: str, change: Callable[[dict[str, Any]], object]) -> Breakage:
    """Return a function that breaks an orb: it changes the content of a YAML file."""

    def apply(orb: Path) -> None:
        document = yaml.safe_load((orb / name).read_text(encoding="utf-8"))
        change(document)
        (orb / name).write_text(yaml.safe_dump(document), encoding="utf-8")

    return apply


def rename(name: str, other: str) -> Breakage:
    """Return a function that breaks an orb: it gives a file another name."""

    def apply(orb: Path) -> None:
        (orb / name).rename(orb / other)

    return apply


def add_key_from_variable(command: dict[str, Any]) -> None:
    """Give a command a cache key with a parameter that defaults to a variable."""
    command["parameters"] = {"ledger": {"type": "string", "default": "${LEDGER}"}}
    command["steps"].append({"save_cache": {"key": "<< parameters.ledger >>"}})


def add_step(step: object) -> Callable[[dict[str, Any]], object]:
    """Return a change that adds a step inside a condition."""
    wrapped = {"when": {"condition": True, "steps": [step]}}
    return lambda document: document["steps"].append(wrapped)


BREAKAGES: list[tuple[str, Breakage]] = [
    ("RC001", edit("@orb.yml", lambda orb: orb["display"].pop("source_url"))),
    ("RC002", edit("jobs/main.yml", lambda job: job.update(description=""))),
    ("RC002", edit("executors/default.yml", lambda it: it.pop("description"))),
    ("RC003", lambda orb: shutil.rmtree(orb / "examples")),
    ("RC004", rename("examples/own_jobs.yml", "examples/example.yml")),
    ("RC005", edit("@orb.yml", lambda orb: orb.update(description="Nx agents"))),
    ("RC008", edit("jobs/main.yml", add_step({"run": {"command": "ls"}}))),
    ("RC008", edit("commands/install.yml", add_step({"run": "ls"}))),
    (
        "RC009",
        edit("jobs/main.yml", add_step({"run": {"name": "A", "command": "a" * 65}})),
    ),
    ("RC010", rename("commands/set_shas.yml", "commands/set-shas.yml")),
    ("RC010", edit("jobs/main.yml", lambda job: job["parameters"].update({"a-b": {}}))),
    (
        "RC011",
        edit(
            "examples/own_jobs.yml",
            lambda it: it["usage"]["orbs"].update(dte="x/dte@2"),
        ),
    ),
    ("RC012", edit("commands/record_attempt.yml", add_key_from_variable)),
]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_orb_passes(rule: str) -> None:
    """The rule finds nothing in the orb, reviewed as a release 1.x."""
    findings = review(read_orb(ROOT / "orb", major=1))
    assert [str(found) for found in findings if found.rule == rule] == []


@pytest.mark.parametrize(("rule", "breakage"), BREAKAGES)
def test_an_orb_that_breaks_a_rule_is_found(
    rule: str, breakage: Breakage, tmp_path: Path
) -> None:
    """If the orb breaks one rule, all findings are about that rule."""
    orb = tmp_path / "orb"
    shutil.copytree(ROOT / "orb", orb)
    breakage(orb)
    assert {found.rule for found in review(read_orb(orb, major=1))} == {rule}


def test_every_rule_is_broken_once() -> None:
    """For each rule, a test breaks the orb so that the rule fails."""
    assert {rule for rule, _ in BREAKAGES} == set(RULES)
