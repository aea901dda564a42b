"""Every config compiles, or is refused with a suggestion of what to do next."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dte.errors import UserError
from tests.dte.compile.configs import compile_text
from tests.dte.compile.test_cases import CASES, NAMES

TEXTS = [(CASES / name / "config.yml").read_text() for name in NAMES]
GOOD = [
    yaml.safe_load(text)
    for text, name in zip(TEXTS, NAMES, strict=True)
    if not name.startswith("error_")
]
ORBS = {"your-namespace/tool": CASES / "an_orb_from_a_folder" / "orbs" / "tool"}

VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1.5,
        float("nan"),
        "",
        "text",
        "checkout",
        "<< parameters.x >>",
        "<< pipeline.number >>",
        "<<",
        "*",
        [],
        ["build"],
        [[]],
        {},
        {"name": "x"},
        {"run": {"command": 1}},
        {"parameters": {"x": [1, 2]}},
        {"and": [{"not": {}}]},
        "pipeline.git.branch ==",
        "é\u2028\U0001f600",
    ]
)
KEYS = st.sampled_from(
    ["steps", "run", "when", "matrix", "executor", "type", "name", "jobs", "x", "<<"]
)
LINES = st.sampled_from(
    ["- x", "  a: b", "&a", "*a", "<<: *a", "{", "]", "\t", "!!set {}", "---", "'", "|"]
)


def settle(text: str, folder: Path) -> None:
    """Compile `text`; fail for any exception but a UserError with suggestions."""
    for stub in (False, True):
        try:
            compiled = compile_text(text, folder, orbs=ORBS, stub_missing_orbs=stub)
        except UserError as error:
            for one in (error, *error.others):
                assert one.suggestions, one.message
                assert all(one.suggestions), one.message
            continue
        yaml.safe_dump(compiled.document)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return pairs: each mapping or list in a value, and one of its keys or indexes."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


@given(text=st.text(max_size=80))
def test_any_text(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Any text compiles or is refused."""
    settle(text, tmp_path_factory.getbasetemp())


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_config_with_changed_lines(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A config with corrupted, moved or missing lines is compiled or refused."""
    lines = data.draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, max(len(lines) - 1, 0)))
        change = data.draw(st.sampled_from(["drop", "repeat", "indent", "insert"]))
        if change == "drop":
            del lines[index : index + 1]
        elif change == "repeat":
            lines[index:index] = lines[index : index + 2]
        elif change == "indent":
            lines[index:] = ["  " + line for line in lines[index:]]
        else:
            lines.insert(index, data.draw(LINES))
    settle("\n".join(lines) + "\n", tmp_path_factory.getbasetemp())


@st.composite
def changed_config(draw: st.DrawFn, configs: Sequence[Any] = GOOD) -> str:
    """Return a valid config in which up to three values or keys are replaced."""
    config = copy.deepcopy(draw(st.sampled_from(configs)))
    for _ in range(draw(st.integers(1, 3))):
        spots = list(places(config)) or [(config, "jobs")]
        container, key = draw(st.sampled_from(spots))
        if isinstance(container, dict) and draw(st.booleans()):
            container[draw(KEYS)] = container.pop(key, None)
        else:
            container[key] = copy.deepcopy(draw(VALUES))
    return yaml.safe_dump(config)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(config=changed_config())
def test_a_config_with_changed_values(
    config: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A config with replaced values or keys is compiled or refused."""
    settle(config, tmp_path_factory.getbasetemp())
