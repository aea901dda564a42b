"""Steps have a position, a display name and checked keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dte.errors import UserError
from dte.model import Where
from tests.configs import config_with
from tests.dte.compile.configs import compile_text, only_job

COMMANDS = """\
version: 2.1
commands:
  outer:
    parameters:
      middle: {type: steps}
    steps:
      - inner
      - steps: << parameters.middle >>
  inner:
    steps:
      - run: echo inner
jobs:
  build:
    machine: true
    steps:
      - outer:
          middle:
            - checkout
workflows:
  main:
    jobs:
      - build:
          post-steps:
            - run: echo post
"""


def test_a_step_is_where_it_was_written(tmp_path: Path) -> None:
    """A step has the position at which it is written, even if it is used elsewhere."""
    job = only_job(compile_text(COMMANDS, tmp_path))
    file = str(tmp_path / "config.yml")
    assert [step.where for step in job.steps] == [
        Where(file, 11),
        Where(file, 18),
        Where(file, 24),
    ]
    assert job.where == Where(file, 13)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("checkout", "Checkout code"),
        ({"run": "make test"}, "make test"),
        ({"run": {"command": "make", "name": "Make"}}, "Make"),
        ({"save_cache": {"key": "k", "paths": ["p"]}}, "Saving Cache"),
        ({"restore_cache": {"key": "k"}}, "Restoring Cache"),
        ({"persist_to_workspace": {"root": ".", "paths": ["a"]}}, "Persisting to"),
        ({"attach_workspace": {"at": "."}}, "Attaching Workspace"),
        ({"store_artifacts": {"path": "."}}, "Uploading artifacts"),
        ({"store_test_results": {"path": "."}}, "Uploading test results"),
        ({"store_test_results": {"path": ".", "name": "Tests"}}, "Tests"),
        ("add_ssh_keys", "Installing additional SSH keys"),
        ("setup_remote_docker", "Setup a remote Docker engine"),
    ],
)
def test_what_a_step_shows(step: Any, name: str, tmp_path: Path) -> None:
    """A step's display name is its `name`, else its command, else CircleCI's name."""
    job = only_job(compile_text(yaml.safe_dump(config_with([step])), tmp_path))
    assert job.steps[0].name.startswith(name)


@pytest.mark.parametrize(
    ("key", "given", "expected"),
    [
        ("background", "<< pipeline.git.branch.is_default >>", True),
        ("command", "<< pipeline.number >>", "1"),
        ("name", "<< pipeline.git.branch.is_default >>", "true"),
        ("max_auto_reruns", "<< pipeline.number >>", 1),
        ("no_output_timeout", "1.25h", "1.25h"),
        ("no_output_timeout", "1h30m", "1h30m"),
        ("environment", [{"A": 1}, {"A": 2}], {"A": "2"}),
    ],
)
def test_a_key_of_run(key: str, given: Any, expected: Any, tmp_path: Path) -> None:
    """A key's templates are filled in, and its value is converted to its final form."""
    config = config_with([{"run": {"command": "make", key: given}}])
    job = only_job(compile_text(yaml.safe_dump(config), tmp_path))
    assert job.steps[0].arguments[key] == expected


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("run", "run: needs command"),
        ({"run": None}, "run: needs command"),
        ({"run": []}, "run must be a mapping, not a list"),
        ({"run": 7}, "run: must be a command or a mapping, not the number 7"),
        ({"run": {"command": []}}, "run: command: must be a string, not a list"),
        ({"run": {"command": "a", "background": "maybe"}}, "must be true or false"),
        (
            {"run": {"command": "a", "max_auto_reruns": True}},
            "whole number from 1 to 5",
        ),
        ({"run": {"command": "a", "environment": {"A=B": 1}}}, "not the name 'A=B'"),
        ({"run": {"command": "a", "environment": "A"}}, "must be NAME=VALUE"),
        ("save_cache", "save_cache: needs key and paths"),
        ({"save_cache": {"key": "k", "paths": []}}, "at least one string"),
        ({"save_cache": {"key": "k", "paths": [{}]}}, "a string or a list of strings"),
        ({"restore_cache": {"name": "n"}}, "restore_cache: needs the key key or keys"),
        ({"checkout": {"method": "deep"}}, "one of blobless, full, shallow"),
        ({"when": {"steps": []}}, "when: needs the key condition"),
        ({"when": {"condition": True}}, "when: needs the key steps"),
        ({"when": {"condition": [True], "steps": []}}, "a condition can't be a list"),
        (
            {"steps": "<< pipeline.number >>"},
            "a parameter of type steps, not the number",
        ),
        ({}, "a step must be a name or a mapping, not a mapping"),
        (7, "a step must be a name or a mapping, not the number 7"),
    ],
)
def test_a_step_is_refused(step: Any, message: str, tmp_path: Path) -> None:
    """The error for an invalid step names the file and the line."""
    with pytest.raises(UserError) as caught:
        compile_text(yaml.safe_dump(config_with([step])), tmp_path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'config.yml'}:")
