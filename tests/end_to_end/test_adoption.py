"""From a new workspace to a rehearsal that passes, with each package manager."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.adopted_workspace import MANAGERS, Manager, adopt, make_workspace

pytestmark = pytest.mark.timeout(1200)


def check_adoption(folder: Path, manager: Manager) -> str:
    """Adopt dte in a new workspace; returns how many commands and seconds it took."""
    shell = make_workspace(folder, manager)
    adopt(shell, folder / "site")
    config = (shell.folder / ".circleci" / "config.yml").read_text()
    assert "targets: typecheck,build" in config
    assert "bun" not in config or manager.name == "bun"
    took = f"{len(shell.typed)} commands, {shell.seconds:.0f} s"
    return f"{manager.name}: {took}: {'; '.join(shell.typed)}"


@pytest.mark.slow
def test_a_new_workspace_with_npm_passes(tmp_path: Path) -> None:
    """What `dte init` writes passes `dte check`, nx format:check and a rehearsal."""
    print(check_adoption(tmp_path, MANAGERS[0]))


@pytest.mark.long
@pytest.mark.parametrize("manager", MANAGERS[1:], ids=lambda manager: manager.name)
def test_a_new_workspace_with_another_manager_passes(
    manager: Manager, tmp_path: Path
) -> None:
    """A new workspace with pnpm, Yarn 1, Yarn 4, Plug'n'Play or Bun passes, too."""
    print(check_adoption(tmp_path, manager))
