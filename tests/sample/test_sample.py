"""The sample workspace: what its readers and its rehearsals rely on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import list_blocks

SAMPLE = Path(__file__).parents[2] / "sample"
TARGETS = {"lint", "test", "build", "e2e-ci"}
PACKAGES = ("discounts", "money", "shop", "tax")


def read_json(path: str) -> dict[str, Any]:
    """Read a JSON file of the sample."""
    content: dict[str, Any] = json.loads((SAMPLE / path).read_text())
    return content


def test_the_lock_file_names_no_registry() -> None:
    """The lock file names no registry, so `npm ci` uses the machine's registry."""
    packages = read_json("package-lock.json")["packages"]
    resolved = {entry["resolved"] for entry in packages.values() if "resolved" in entry}
    assert resolved == {f"packages/{name}" for name in PACKAGES}


def test_the_lock_file_serves_every_platform() -> None:
    """The lock file has the native binary of Nx for each platform."""
    packages = read_json("package-lock.json")["packages"]
    wanted = packages["node_modules/nx"]["optionalDependencies"]
    locked = {
        name.removeprefix("node_modules/"): entry.get("version")
        for name, entry in packages.items()
    }
    assert {name: locked.get(name) for name in wanted} == wanted


def test_no_token_is_committed() -> None:
    """nx.json contains no token; the environment connects the workspace to Nx Cloud."""
    nx = read_json("nx.json")
    assert not {"nxCloudId", "nxCloudAccessToken", "tasksRunnerOptions"} & nx.keys()
    assert nx["analytics"] is False
    assert nx["defaultBase"] == "main"


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_all_targets(package: str) -> None:
    """Every package has all targets of the sample."""
    assert read_json(f"packages/{package}/project.json")["targets"].keys() == TARGETS


def test_targets_are_cached() -> None:
    """Nx caches each target, because agents can share only cached outputs."""
    defaults = read_json("nx.json")["targetDefaults"]
    assert defaults.keys() == TARGETS
    assert all(target["cache"] for target in defaults.values())
    assert defaults["build"]["outputs"] == ["{projectRoot}/dist"]


def test_the_config_is_all_it_takes() -> None:
    """The sample's config is the first config of dte's README, without the context."""
    config = yaml.safe_load((SAMPLE / ".circleci/config.yml").read_text())
    blocks = (block for block in list_blocks("yaml") if block.page == "README.md")
    shown = next(blocks).text.replace(":\n          context: circleci-api", "")
    assert config == yaml.safe_load(shown)


def write_shown_configs(folder: Path) -> None:
    """Write each YAML block of the README, the pages and the examples as a file."""
    folder.mkdir()
    root = SAMPLE.parent
    texts = [
        block
        for page in (root / "README.md", *sorted(root.glob("docs/*.md")))
        for block in re.findall(
            r"^```yaml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
        )
    ]
    for path in sorted(root.glob("orb/examples/*.yml")):
        texts.append(textwrap.dedent(path.read_text().split("\nusage:\n")[1]))
    for number, text in enumerate(texts):
        (folder / f"{number}.yml").write_text(text)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_edit_in_the_readme_fails_one_task(tmp_path: Path) -> None:
    """All tasks pass as committed, and exactly one fails after the README's edit.

    Nx also finds that all documented configs are formatted.
    """
    workspace = tmp_path / "workspace"
    ignore = shutil.ignore_patterns("node_modules", "dist", ".nx")
    shutil.copytree(SAMPLE, workspace, ignore=ignore)
    with tempfile.TemporaryDirectory(prefix="nx") as sockets:
        environment = {
            **os.environ,
            "CI": "true",
            "npm_config_cache": str(tmp_path / "npm"),
            "NX_CACHE_DIRECTORY": str(tmp_path / "cache"),
            "NX_WORKSPACE_DATA_DIRECTORY": str(tmp_path / "data"),
            "NX_NATIVE_FILE_CACHE_DIRECTORY": str(tmp_path / "native"),
            "NX_SOCKET_DIR": sockets,
        }

        def run(*words: str) -> int:
            return subprocess.run(
                words, cwd=workspace, env=environment, check=False
            ).returncode

        assert run("git", "init", "--quiet", "--initial-branch=main") == 0
        assert run("npm", "ci", "--no-audit", "--no-fund") == 0
        write_shown_configs(workspace / "shown")
        assert run("npx", "nx", "format:check", "--all") == 0
        run_all = ("npx", "nx", "run-many", "-t", ",".join(sorted(TARGETS)))
        assert run(*run_all) == 0

        readme = (SAMPLE / "README.md").read_text()
        value, file = re.findall(r"`(\d+)` in\s+\[`([^`]+)`\]", readme)[0]
        test = workspace / file
        assert test.read_text().count(value) == 1
        test.write_text(test.read_text().replace(value, "1"))
        assert run(*run_all) == 1
        report = json.loads((tmp_path / "cache/run.json").read_text())
    failed = [task["taskId"] for task in report["tasks"] if task["status"] != 0]
    assert failed == ["tax:test"]
