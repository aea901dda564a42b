"""`<< … >>` is filled in once and keeps its type; templates in a value are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dte.compile.namespace import Namespace
from dte.compile.templates import Scope, fill, fill_text
from dte.errors import UserError
from dte.model import PipelineValues, Where
from dte.parse import parse_yaml
from tests.configs import config_with
from tests.dte.compile.configs import compile_text, only_job

HERE = Where("f", 1)
SCOPE = Scope(
    "here",
    Namespace("the config", {"pipeline.number": 7, "pipeline.git.branch": "b"}, HERE),
    {"parameters.flag": True, "parameters.text": "<< pipeline.number >>"},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("<< pipeline.number >>", 7),
        ("<<pipeline.number>>", 7),
        (" << pipeline.number >>", " 7"),
        ("<< parameters.flag >>", True),
        ("is << parameters.flag >>", "is true"),
        ("<< parameters.text >>", "<< pipeline.number >>"),
        ("a<< parameters.text >>b", "a<< pipeline.number >>b"),
        ("<< pipeline.git.branch >><< pipeline.number >>", "b7"),
        (r"\<< pipeline.number >>", "<< pipeline.number >>"),
        (r"cat \<<END > << pipeline.number >>", "cat <<END > 7"),
        ("1 >> 2", "1 >> 2"),
        ("<< pipeline.event.github.pull_request.title >>", None),
        ("[<< pipeline.event.github.pull_request.title >>]", "[]"),
        ("<<\n  pipeline.number\n>>", 7),
    ],
)
def test_text(text: str, expected: Any) -> None:
    """A template alone keeps the type of its value; within text, it becomes text."""
    value = fill_text(text, SCOPE, HERE)
    assert (type(value), value) == (type(expected), expected)


def test_keys_and_nested_values() -> None:
    """Every string of a structure is filled in, including the keys."""
    value = parse_yaml('"K<< pipeline.number >>": [{a: << parameters.flag >>}]', "f")
    assert fill(value, SCOPE, HERE) == {"K7": [{"a": True}]}


@pytest.mark.parametrize("text", ["<<", "a << b", "<< >>", "<< parameters.gone >>"])
def test_refused(text: str) -> None:
    """An unclosed tag, an empty tag and an unknown name are errors with a position."""
    with pytest.raises(UserError, match="f:1: here: "):
        fill_text(text, SCOPE, HERE)


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30
) | st.sampled_from(
    ["$(touch x)", "`x`", "<< pipeline.id >>", r"\<< x", "<<", "--help", "\n", "'\""]
)


@given(text=TEXTS)
def test_a_branch_name_arrives_unchanged(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A branch name that commands pass on reaches a step's environment unchanged."""
    config = config_with([{"outer": {"text": "<< pipeline.git.branch >>"}}])
    inner = {"run": {"command": "env", "environment": {"T": "<< parameters.text >>"}}}
    parameters = {"text": {"type": "string"}}
    config["commands"] = {
        "outer": {
            "parameters": parameters,
            "steps": [{"inner": {"text": "<< parameters.text >>"}}],
        },
        "inner": {"parameters": parameters, "steps": [inner]},
    }
    compiled = compile_text(
        yaml.safe_dump(config),
        tmp_path_factory.getbasetemp(),
        pipeline=PipelineValues(branch=text),
    )
    assert only_job(compiled).steps[0].arguments["environment"] == {"T": text}


@given(text=TEXTS)
def test_a_pipeline_parameter_arrives_unchanged(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A pipeline argument is never parsed as a template."""
    config = config_with(["checkout"], environment={"T": "<< pipeline.parameters.t >>"})
    config["parameters"] = {"t": {"type": "string", "default": ""}}
    compiled = compile_text(
        yaml.safe_dump(config),
        tmp_path_factory.getbasetemp(),
        pipeline=PipelineValues(parameters={"t": text}),
    )
    assert only_job(compiled).environment == {"T": text}


def test_a_long_text_is_not_copied(tmp_path: Path) -> None:
    """A hundred jobs of a matrix share the strings that contain no template."""
    script = "echo line\n" * 1000 + r"cat \<<END" + "\nEND\n"
    config = config_with(
        [{"run": {"command": script, "environment": {"N": "<< parameters.n >>"}}}],
        parameters={"n": {"type": "integer"}},
    )
    matrix = {"parameters": {"n": list(range(100))}}
    config["workflows"]["main"]["jobs"] = [{"build": {"matrix": matrix}}]
    (workflow,) = compile_text(yaml.safe_dump(config), tmp_path).workflows
    commands = [
        job.job.steps[0].arguments["command"] for job in workflow.jobs if job.job
    ]
    assert len(commands) == 100
    assert all(command is commands[0] for command in commands)
    assert commands[0].endswith("cat <<END\nEND\n")
