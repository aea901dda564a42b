"""`dte check` reads `distribute-on` in `.nx/ci-config.yaml` as dte/main does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dte.check.checking import ORB, find_in
from tests.tooling.repository import ROOT

CODE = "dte-check-hosted-agents"
CONFIG = """\
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent:
          parallelism: 2
          requires: [dte/attempt]
          execution_environment: "ENVIRONMENT"
      - dte/main:
          requires: [dte/attempt]
          execution_environment: "ENVIRONMENT"
"""
SCRIPT = """\
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from ci_config import require_own_agents
from failures import Refusal
try:
    require_own_agents(pathlib.Path(sys.argv[2]))
except Refusal as refusal:
    sys.exit(f"refused: {refusal}")
"""


def is_refused(file: Path, environment: str) -> bool:
    """Return whether dte/main's program refuses the file."""
    library = str(ROOT / "scripts" / "lib")
    done = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT, library, str(file)],
        env={"NX_CI_EXECUTION_ENV": environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 or done.stderr.startswith("refused: "), done.stderr
    return done.returncode != 0


def override(general: str, own: str) -> str:
    """Return a file with an override for the environment `web`."""
    return (
        f"dte: {{distribute-on: {general}}}\n"
        f"overrides: {{web: {{dte: {{distribute-on: {own}}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("content", "environment", "text"),
    [
        ("dte:\n  distribute-on: manual\n", "", ""),
        ("dte:\n  distribute-on: 'manual' # own\n", "", ""),
        ("dte:\n  distribute-on: 3 linux-medium-js\n", "", "requests machines"),
        ("dte:\n  distribute-on:\n    small: 1 a\n", "", "requests machines"),
        ("dte:\n  distribute-on: false\n", "", "is false, which dte/main refuses"),
        ("dte:\n  distribute-on: 'false'\n", "", "is false, which dte/main refuses"),
        ("dte:\n  distribute-on: none\n", "", "is none, which dte/main refuses"),
        ("dte:\n  distribute-on:\n", "", "is empty, which dte/main refuses"),
        ("dte:\n  distribute-on: $AGENTS\n", "", "is $AGENTS, which"),
        ("lifecycle: {stop-after: test}\n", "", ""),
        ("distribute-on: 3 small\n", "", "requests machines"),
        ("x:\n  - distribute-on: 3 small\n", "", "requests machines"),
        (override("3 small", "manual"), "web", ""),
        (override("3 small", "manual"), "", "requests machines"),
        (override("3 small", "manual"), "native", "requests machines"),
        (override("manual", "3 small"), "web", "requests machines"),
        (override("manual", "3 small"), "native", ""),
        (override("manual", "none"), "web", "is none, which dte/main refuses"),
        ("overrides: {web: {dte: {distribute-on: manual}}}\n", "web", ""),
        ("overrides: {web.b: {dte: {distribute-on: 3 small}}}\n", "web", ""),
        ("overrides:\n  - distribute-on: 3 small\n", "", ""),
    ],
)
def test_a_file_of_dte(
    content: str, environment: str, text: str, tmp_path: Path
) -> None:
    """`dte check` reports exactly the files that dte/main refuses."""
    file = tmp_path / ".nx" / "ci-config.yaml"
    file.parent.mkdir()
    file.write_text(content)
    found = find_in(tmp_path, ORB + CONFIG.replace("ENVIRONMENT", environment), CODE)
    assert [text in one.message for one in found] == [True] * bool(text)
    assert is_refused(file, environment) == bool(text)
