"""The targets after which dte's agents stop, and main's later commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dte.check.checking import ORB, find_in

CODE = "dte-check-stop-targets"
CONFIG = """\
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent: {parallelism: 2, requires: [dte/attempt]}
      - dte/main:
          targets: lint
          requires: [dte/attempt]
          START
          post-steps:
            - run: npx nx affected -t COMMAND
"""


def missing(folder: Path, start: str, command: str) -> list[str]:
    """Return the targets that the findings name."""
    config = ORB + CONFIG.replace("START", start).replace("COMMAND", command)
    return [one.message.split(" may run ")[0] for one in find_in(folder, config, CODE)]


@pytest.mark.parametrize(
    ("start", "command", "targets"),
    [
        ("", "deploy", ["deploy"]),
        ("start: flags", "deploy", ["deploy"]),
        ("start: own", "deploy", []),
        ("stop_agents_after: lint,deploy", "deploy", []),
        ("stop_agents_after: lint", "deploy lint package", []),
        ("stop_agents_after: lint", "deploy package", ["deploy, package"]),
        ("stop_agents_after: lint", "$TARGET", []),
        ("", "deploy --no-agents", []),
    ],
)
def test_a_command_after_the_targets_of_main(
    start: str, command: str, targets: list[str], tmp_path: Path
) -> None:
    """If stop_agents_after isn't set, the agents stop after the targets in `targets`.

    A target that the shell expands is unknown.
    """
    assert missing(tmp_path, start, command) == targets


def test_a_start_with_a_file(tmp_path: Path) -> None:
    """With `start: auto`, the agents stop after the targets in .nx/ci-config.yaml."""
    (tmp_path / ".nx").mkdir()
    (tmp_path / ".nx" / "ci-config.yaml").write_text("lifecycle: {stop-after: deploy}")
    assert missing(tmp_path, "", "deploy") == []
