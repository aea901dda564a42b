"""The configs in the README and the pages run, with each package manager's cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import Block, list_blocks
from tests.dte.rehearse_config import rehearse_text
from tests.end_to_end.fake_tools import read_calls
from tests.end_to_end.fake_workflow import CONTEXT, ORBS, make_jobs, rehearse_jobs
from tests.git import make_repository

pytestmark = pytest.mark.slow

# A fake package manager that prints the files restored to its folder, and downloads one
# package. It runs in sh, which doesn't read BASH_ENV, because UNSHARE below makes
# BASH_ENV unset npm's variable.
MANAGER = """#!/bin/sh
if [ "$1" = --version ]; then echo 1; exit; fi
echo "installs with {name} $*"
folder=$(printenv {variable}) || exit 9
for file in "$folder"/*; do [ ! -e "$file" ] || echo "restored ${{file##*/}}"; done
mkdir -p "$folder" node_modules/.bin
touch "$folder/nx.tgz" node_modules/.bin/nx
"""
MANAGERS = {
    "npm": ("package-lock.json", "{}", "npm_config_cache", "npm ci"),
    "pnpm": (
        *("pnpm-lock.yaml", "lockfileVersion: 9", "npm_config_store_dir"),
        "pnpm install --frozen-lockfile",
    ),
    "yarn": (
        *("yarn.lock", "# yarn lockfile v1", "YARN_CACHE_FOLDER"),
        "yarn install --frozen-lockfile",
    ),
    "yarn-berry": (
        *("yarn.lock", "__metadata:\n  version: 8", "YARN_CACHE_FOLDER"),
        "yarn install --immutable",
    ),
    "bun": (
        *("bun.lock", "{}", "BUN_INSTALL_CACHE_DIR"),
        "bun install --frozen-lockfile",
    ),
}
# Unlike CircleCI, the rehearsal shares npm's downloads among all jobs.
UNSHARE = 'echo unset npm_config_cache NPM_CONFIG_CACHE >>"$BASH_ENV"'


@pytest.mark.parametrize("name", MANAGERS)
def test_the_readme_s_workflow_with_each_package_manager(
    tmp_path: Path, fakes: Path, name: str
) -> None:
    """The lock file decides the install command, and a rerun restores the downloads."""
    lock, text, variable, command = MANAGERS[name]
    tool = fakes.parent / command.split()[0]
    tool.write_text(MANAGER.format(name=tool.name, variable=variable))
    tool.chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    (project / lock).write_text(text)
    make_repository(project)
    setup: dict[str, Any] = {
        "setup": [{"run": {"name": "Unshare", "command": UNSHARE}}]
    }
    jobs = make_jobs(agents=1, agent=setup, main=setup)
    done = rehearse_jobs(tmp_path, jobs, then=("rerun-from-start",))
    for run in (1, 2):
        assert set(done.statuses(run).values()) == {"success"}, done.heard.lines
        assert f"installs with {command}" in done.lines("dte/agent-1", run)
        assert f"installs with {command}" in done.lines("dte/main", run)
    both = [done.lines(job, 1) for job in ("dte/agent-1", "dte/main")]
    assert not all("restored nx.tgz" in lines for lines in both)
    assert "restored nx.tgz" in done.lines("dte/agent-1", 2)
    assert "restored nx.tgz" in done.lines("dte/main", 2)


# tests/docs/test_guides.py tests the page on using only the guard.
DISTRIBUTED = [
    one
    for one in list_blocks("yaml")
    if "/dte@" in one.text and "find_base: false" not in one.text
]


@pytest.mark.parametrize("block", DISTRIBUTED, ids=str)
def test_a_config_of_a_page_passes(tmp_path: Path, fakes: Path, block: Block) -> None:
    """Each config in the README and the pages passes a rehearsal with fake Nx."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "nx.json").write_text("{}")
    make_repository(project)
    done = rehearse_text(tmp_path, block.text, orbs=ORBS, contexts=CONTEXT)
    statuses = {status for status in done.statuses().values() if status != "not_run"}
    assert statuses == {"success"}, done.heard.lines
    assert ["npx", "nx-cloud", "start-agent"] in read_calls(fakes)
