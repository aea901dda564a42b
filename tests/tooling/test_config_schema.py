"""The usage of each of the orb's examples is a config that CircleCI's schema accepts.

`make lint` checks the repository's own configs with the same schema.
"""

import subprocess
import sys
from pathlib import Path

import yaml

from tests.tooling.repository import ROOT

EXAMPLES = sorted((ROOT / "orb" / "examples").glob("*.yml"))


def check_schema(configs: list[Path]) -> "subprocess.CompletedProcess[str]":
    """Check configs against the schema that check-jsonschema contains."""
    words = ["--builtin-schema", "vendor.circle-ci", *map(str, configs)]
    command = [sys.executable, "-m", "check_jsonschema", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_every_example_matches_the_schema(tmp_path: Path) -> None:
    """The schema accepts the usage of each of the orb's examples."""
    configs = []
    for example in EXAMPLES:
        usage = yaml.safe_load(example.read_text(encoding="utf-8"))["usage"]
        configs.append(tmp_path / example.name)
        configs[-1].write_text(yaml.safe_dump(usage), encoding="utf-8")
    assert len(configs) > 5
    done = check_schema(configs)
    assert done.returncode == 0, done.stdout


def test_the_schema_refuses_a_config_with_an_unknown_key(tmp_path: Path) -> None:
    """The check fails for a step with a key that CircleCI does not know."""
    jobs = {"hello": {"docker": [{"image": "x"}], "steps": [{"run": {"comand": "ls"}}]}}
    config = tmp_path / "config.yml"
    config.write_text(yaml.safe_dump({"version": 2.1, "jobs": jobs}))
    assert check_schema([config]).returncode == 1
