"""Each built-in kind of step is defined once, and can be rehearsed."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from dte.compile.step_kinds import KINDS
from dte.run.steps import BUILT_IN, say_not_rehearsed

TESTS = Path(__file__).parents[2]
CASE = "cases/compile/every_step_of_circleci/config.yml"
REHEARSED = TESTS / "dte" / "run"


def test_each_kind_of_step_can_be_rehearsed() -> None:
    """BUILT_IN has every kind of KINDS except those that run a command."""
    commands = {name for name, kind in KINDS.items() if "command" in kind.keys}
    missing = sorted(KINDS.keys() - commands - BUILT_IN.keys())
    assert missing == [], "add these to BUILT_IN in dte/run/steps.py"
    unknown = sorted(BUILT_IN.keys() - KINDS.keys())
    assert unknown == [], "add these to KINDS in dte/compile/step_kinds.py"


def test_each_kind_of_step_is_tested() -> None:
    """A test rehearses each kind of step that has an effect; a case has the others."""
    jobs = yaml.safe_load((TESTS / CASE).read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    used = {step if isinstance(step, str) else next(iter(step)) for step in steps}
    text = "".join(path.read_text() for path in sorted(REHEARSED.glob("test_*.py")))
    idle = {name for name, work in BUILT_IN.items() if work is say_not_rehearsed}
    missing = sorted(KINDS.keys() - idle - set(re.findall(r"\w+", text)))
    assert missing == [], "rehearse these in tests/dte/run/test_steps.py"
    assert sorted(idle - used) == [], f"add these to tests/{CASE}"


def test_each_path_that_a_step_writes_is_one_of_its_keys() -> None:
    """`writes` contains only keys of the kind of step."""
    wrong = [name for name, kind in KINDS.items() if set(kind.writes) - set(kind.keys)]
    assert wrong == []
