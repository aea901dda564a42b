"""Main and its agents must change the checked-out commit in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dte.check.checking import ORB, find_in

CODE = "dte-check-different-checkout"
CONFIG = """\
commands:
  merge: {{steps: [run: git merge origin/main]}}
  pull: {{steps: [run: git pull]}}
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent: {{parallelism: 2, setup: {agent}, requires: [dte/attempt]}}
      - dte/main: {{setup: {main}, requires: [dte/attempt]}}
"""


@pytest.mark.parametrize(
    ("main", "agent", "message"),
    [
        ("[merge, merge]", "[merge]", 'the job "dte/main" runs git merge origin/main'),
        ("[merge]", "[merge, merge]", 'the job "dte/agent" runs git merge origin/main'),
        ("[merge, pull]", "[pull, merge]", 'the job "dte/main" runs git merge'),
        ("[pull]", "[pull, merge]", 'only the job "dte/agent" runs git merge'),
        ("[merge]", "[pull]", 'only the job "dte/main" runs git merge'),
    ],
)
def test_another_number_or_order(
    main: str, agent: str, message: str, tmp_path: Path
) -> None:
    """If the git commands of main and an agent differ, only the first is reported."""
    found = find_in(tmp_path, ORB + CONFIG.format(main=main, agent=agent), CODE)
    assert [message in one.message for one in found] == [True]


def test_the_same_commands(tmp_path: Path) -> None:
    """If main and the agent run the same git commands, nothing is found."""
    config = ORB + CONFIG.format(main="[merge, pull]", agent="[merge, pull]")
    assert find_in(tmp_path, config, CODE) == []
