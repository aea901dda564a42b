"""The usage of each of the orb's examples is a config that CircleCI's schema accepts.

`make lint` checks the repository's own configs with the same schema.
"""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.tooling.repository import ROOT

EXAMPLES = sorted((ROOT / "orb" / "examples").glob("*.yml"))


def check_schema(folder: Path, usage: object) -> int:
    """Return the exit status of check-jsonschema for a config."""
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump(usage), encoding="utf-8")
    words = ["--builtin-schema", "vendor.circle-ci", str(config)]
    command = [sys.executable, "-m", "check_jsonschema", *words]
    return subprocess.run(command, check=False, capture_output=True).returncode


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_matches_the_schema(example: Path, tmp_path: Path) -> None:
    """The schema that check-jsonschema contains accepts the example's usage."""
    usage = yaml.safe_load(example.read_text(encoding="utf-8"))["usage"]
    assert check_schema(tmp_path, usage) == 0


def test_the_schema_refuses_a_config_with_an_unknown_key(tmp_path: Path) -> None:
    """A step with a key that CircleCI does not know fails."""
    jobs = {"hello": {"docker": [{"image": "x"}], "steps": [{"run": {"comand": "ls"}}]}}
    assert check_schema(tmp_path, {"version": 2.1, "jobs": jobs}) == 1
