"""Nx calls are found in steps, and in the scripts that steps run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.check.followed import Follower
from dte.check.nx_words import runs_tasks, targets_of
from dte.check.repository import Repository
from dte.model import Where

HERE = Where("config.yml", 7)


def calls_in(script: str, root: Path) -> list[tuple[str, str, int]]:
    """Return the name, file and line of each call."""
    found = Follower(Repository(root)).follow(script, HERE)
    return [(c.name, Path(c.where.file).name, c.where.line) for c in found.calls]


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("npx nx-cloud start-agent", ["start-agent"]),
        ("npx --yes nx-cloud@19 start-ci-run", ["start-ci-run"]),
        ("pnpm exec nx start-nx-agents", ["start-nx-agents"]),
        ("timeout 60m yarn nx affected -t test", ["affected"]),
        ("./node_modules/.bin/nx --verbose run-many -t test", ["run-many"]),
        ("bash -c 'npx nx-cloud start-agent'", ["start-agent"]),
        ("npx nx-cloud record -- npx nx format:check", ["record", "format:check"]),
        ("if ! npx nx test a; then exit 1; fi", ["test"]),
        ("echo npx nx-cloud start-agent", []),
        ("npm install -g nx", []),
        ("npx nx --version", []),
        ("npx next build", []),
    ],
)
def test_calls_in_a_step(script: str, names: list[str], tmp_path: Path) -> None:
    """Nx calls are found after launchers and in `if`, but not in echo or installs."""
    assert [name for name, _, _ in calls_in(script, tmp_path)] == names


SCRIPTS = {
    "ci/a.sh": "#!/bin/bash\n\nnpx nx-cloud start-agent\n",
    "ci/b.sh": "npm run agent\n",
    "ci/loop.sh": "./ci/loop.sh; npx nx test a\n",
    "ci/bomb.sh": "npx nx test a\n" + "./ci/bomb.sh\n" * 100,
    "ci/tool.mjs": "// start\nspawn('npx nx-cloud start-agent', [])\n",
    "app/ci.sh": "npx nx test a\n",
    "package.json": '{\n "scripts": {\n  "agent": "nx-cloud start-agent"\n }\n}\n',
    "Makefile": "all: agent\n\nagent: deps\n\t@npx nx-cloud \\\n\t  start-agent\n",
}


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("./ci/a.sh", ("a.sh", 3)),
        ("bash ci/a.sh", ("a.sh", 3)),
        (". ./ci/a.sh", ("a.sh", 3)),
        ("ci/b.sh", ("b.sh", 1)),
        ("yarn agent", ("config.yml", 7)),
        ("pnpm run agent", ("config.yml", 7)),
        ("npm run --silent agent", ("config.yml", 7)),
        ("make agent", ("Makefile", 4)),
        ("node ci/tool.mjs", ("tool.mjs", 2)),
    ],
)
def test_calls_in_scripts(script: str, place: tuple[str, int], tmp_path: Path) -> None:
    """A call in a script has its own position; one in package.json has the step's."""
    write(tmp_path)
    assert calls_in(script, tmp_path) == [("start-agent", *place)]


def test_a_changed_folder(tmp_path: Path) -> None:
    """A script's path is relative to the folder that the step changed to."""
    write(tmp_path)
    assert calls_in("cd app && ./ci.sh", tmp_path) == [("test", "ci.sh", 1)]
    assert calls_in("./ci.sh", tmp_path) == []


def test_scripts_that_call_themselves(tmp_path: Path) -> None:
    """If scripts call each other, dte stops at a limit of depth and length."""
    write(tmp_path)
    assert len(calls_in("ci/loop.sh", tmp_path)) < 20
    assert len(calls_in("\n".join(["ci/bomb.sh"] * 100), tmp_path)) <= 2000


def test_a_script_outside_the_repository(tmp_path: Path) -> None:
    """Nothing outside the repository is read, not even through a link."""
    write(tmp_path / "outside")
    root = tmp_path / "inside"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "outside" / "ci")
    for script in ("../outside/ci/a.sh", "./link/a.sh"):
        assert calls_in(script, root) == []


def write(root: Path) -> None:
    """Write the scripts."""
    for name, text in SCRIPTS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ("affected -t lint,test build --parallel=2", ("lint", "test", "build")),
        ("affected --target=lint --parallel 2", ("lint",)),
        ("run-many --targets=a,b:ci", ("a", "b")),
        ("run shop:build:production", ("build",)),
        ("affected:test --base=main", ("test",)),
        ("affected:apps --plain", ()),
        ("build shop", ("build",)),
        ("e2e-ci shop-e2e", ("e2e-ci",)),
        ("format:check", ()),
        ("affected --graph -t build", ("build",)),
        ("show projects", ()),
        ("start-agent --targets=e2e-ci", ()),
    ],
)
def test_the_targets_of_a_call(
    words: str, targets: tuple[str, ...], tmp_path: Path
) -> None:
    """Targets are found in each form of call; Nx's own subcommands have no targets."""
    (call,) = Follower(Repository(tmp_path)).follow(f"npx nx {words}", HERE).calls
    assert targets_of(call) == targets
    assert runs_tasks(call) is (bool(targets) and "--graph" not in words)
