"""Measures how soon an agent is ready for tasks, with an empty and with a full cache.

`make bench` runs it. For each package manager, `dte/agent` runs twice in a rehearsal:
without a cache, and with the cache that the first run saved. The time is measured from
the job's start until the agent asks Nx Cloud for tasks. The benchmark needs a package
registry.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "bench"
JOB = "dte/agent"
READY = "(stand-in): agent agent-1 of run"
PACKAGES = {"nx": "22.7.12", "@nx/js": "22.7.12", "typescript": "5.9.3"}
# The rehearsal shares npm's downloads among its jobs, which CircleCI does not do, so
# `setup` turns that off. Main never starts, so the agent ends after its timeout.
CONFIG = """\
version: 2.1
orbs: {dte: your-namespace/dte@1.0.0}
workflows:
  build:
    jobs:
      - dte/attempt
      - dte/agent:
          ordinal: 1
          agent_timeout: 1s
          setup:
            - run: echo 'unset NPM_CONFIG_CACHE npm_config_cache' >>"$BASH_ENV"
          requires: [dte/attempt]
"""


class Manager(NamedTuple):
    """A package manager: its npm package, and the command that writes a lock file."""

    package: str
    lock: tuple[str, ...]


MANAGERS = {
    "npm": Manager("", ("npm", "install", "--package-lock-only")),
    "pnpm": Manager("pnpm@10.20.0", ("pnpm", "install", "--lockfile-only")),
    "yarn": Manager("yarn@1.22.22", ("yarn", "install", "--silent")),
    "yarn-berry": Manager(
        "@yarnpkg/cli-dist@4.10.3", ("yarn", "install", "--mode=update-lockfile")
    ),
    "bun": Manager("bun@1.3.2", ("bun", "install", "--lockfile-only")),
}


def install_manager(name: str, package: str) -> Path:
    """Return the folder with the package manager's command; npm installs it once."""
    folder = CACHE / name
    if package and not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        words = ("npm", "install", "--no-audit", "--no-fund", package)
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return folder / "node_modules" / ".bin"


def make_workspace(folder: Path, lock: tuple[str, ...], env: Mapping[str, str]) -> None:
    """Make a repository with a lock file in `folder`."""
    package = {"name": "shop", "private": True, "devDependencies": PACKAGES}
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "nx.json").write_text("{}\n")
    (folder / ".gitignore").write_text("node_modules\n.yarn\n.pnp.*\n")
    (folder / ".circleci").mkdir()
    (folder / ".circleci" / "config.yml").write_text(CONFIG)
    if "--mode=update-lockfile" in lock:
        (folder / "yarn.lock").touch()
        (folder / ".yarnrc.yml").write_text("nodeLinker: node-modules\n")
    subprocess.run(lock, cwd=folder, env=env, check=True, capture_output=True)
    git = ("git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "One")):
        subprocess.run([*git, *words], check=True)


def measure(folder: Path, env: Mapping[str, str]) -> list[float]:
    """Return the seconds until the agent is ready: without a cache, and with one."""
    report = folder.with_suffix(".json")
    words = ("rehearse", "--verbose", "--then", "rerun-from-start")
    orb = ("--orb", f"your-namespace/dte={ROOT / 'orb'}", "--report", str(report))
    ready, lines = [], []
    with subprocess.Popen(
        [sys.executable, "-m", "dte", *words, *orb],
        cwd=folder,
        env={**env, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        for line in running.stdout or ():
            lines.append(line)
            if READY in line:
                ready.append(time.time())
    runs = json.loads(report.read_text())["runs"] if report.exists() else []
    started = [
        job["started_at"] for run in runs for job in run["jobs"] if job["name"] == JOB
    ]
    if len(ready) != 2 or len(started) != 2:
        raise RuntimeError("".join(lines))
    return [end - start for start, end in zip(started, ready, strict=True)]


def read_registry() -> str:
    """Return the registry in npm's settings, which Yarn 2 and later don't read."""
    words = ("npm", "config", "get", "registry")
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.strip().rstrip("/")


def main() -> None:
    """Print the seconds of each package manager."""
    registry = read_registry()
    for name, manager in MANAGERS.items():
        path = f"{install_manager(name, manager.package)}{os.pathsep}"
        env = {
            **os.environ,
            "PATH": path + os.environ["PATH"],
            "YARN_NPM_REGISTRY_SERVER": registry,
        }
        with tempfile.TemporaryDirectory() as folder:
            workspace = Path(folder) / "shop"
            workspace.mkdir()
            make_workspace(workspace, manager.lock, env)
            empty, full = measure(workspace, env)
        print(
            f"{manager.package or name}: ready for tasks after {empty:.1f} s with an "
            f"empty cache, {full:.1f} s with a full one, {full / empty:.2f} of it"
        )


if __name__ == "__main__":
    main()
