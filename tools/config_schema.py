"""Checks every CircleCI configuration of the repository against the JSON schema.

The usage of each of the orb's examples is a configuration too. The schema is the one
that check-jsonschema carries, so nothing is downloaded.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

CONFIGS = (".circleci/*.yml", "sample/.circleci/*.yml")


def find_configs(root: Path) -> list[Path]:
    """The configuration files that stand in the repository as they are."""
    return sorted(path for pattern in CONFIGS for path in root.glob(pattern))


def write_examples(orb: Path, folder: Path) -> Iterator[Path]:
    """Write the `usage` of each example to a file of its own in `folder`."""
    for example in sorted((orb / "examples").glob("*.yml")):
        usage = yaml.safe_load(example.read_text(encoding="utf-8"))["usage"]
        target = folder / example.name
        target.write_text(yaml.safe_dump(usage, sort_keys=False), encoding="utf-8")
        yield target


def main(root: Path) -> int:
    """Check them all at once; 0 if each fits the schema."""
    with tempfile.TemporaryDirectory() as folder:
        files = [*find_configs(root), *write_examples(root / "orb", Path(folder))]
        if not files:
            print("no configuration found")
            return 1
        command = [sys.executable, "-m", "check_jsonschema"]
        schema = ["--builtin-schema", "vendor.circle-ci"]
        return subprocess.run([*command, *schema, *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
