"""A small Nx workspace in which `run_affected` runs tasks that log their names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tools.carried_code import DIGEST, copy_code

TARGETS = {
    "shop": ("lint", "test", "build"),
    "money": ("build",),
    "docs": ("spell",),
}
# The projects that each later commit changes; the first commit adds the workspace.
CHANGES = {"all": tuple(TARGETS), "shop": ("shop",), "docs": ("docs",), "nothing": ()}
_CONFIGURATIONS: dict[str, object] = {"lint": {"ci": {}}}


@dataclass(frozen=True)
class AffectedWorkspace:
    """The workspace's folder, dte's code, and the base and head of each change."""

    folder: Path
    code: Path
    revisions: Mapping[str, tuple[str, str]]

    def affected(self, change: str) -> set[str]:
        """Return the projects that a change affects."""
        return set(CHANGES.get(change, ()))

    def run(self, change: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `run_affected` with real Nx between the two revisions of a change."""
        self.trace.unlink(missing_ok=True)
        base, head = self.revisions[change]
        return subprocess.run(
            [sys.executable, "-I", "-S", str(self.code), "run_affected"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder.parent),
                "BASH_ENV": str(self.folder.parent / "bash_env"),
                "DTE_CODE": DIGEST.read_text(encoding="ascii"),
                "DTE_CHECKOUT": str(self.folder),
                "NX_BASE": base,
                "NX_HEAD": head,
                "NX_NO_CLOUD": "true",
                "NX_DAEMON": "false",
                "CI": "true",
                "TRACE": str(self.trace),
                **env,
            },
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def ran(self) -> set[str]:
        """Return the tasks that ran in the last run, according to `trace`."""
        if not self.trace.exists():
            return set()
        return {line.split()[0] for line in self.trace.read_text().splitlines()}

    @property
    def trace(self) -> Path:
        """The file to which each task of the last run wrote its name."""
        return self.folder.parent / "trace"


def build_workspace(folder: Path, node_modules: Path) -> AffectedWorkspace:
    """Make a workspace with three projects and a commit for each change."""
    checkout = folder / "checkout"
    checkout.mkdir()
    (checkout / "node_modules").symlink_to(node_modules)
    _write(checkout / "package.json", {"name": "small", "private": True})
    _write(checkout / "nx.json", {"analytics": False})
    (checkout / ".gitignore").write_text("node_modules\n.nx\n")
    for project, targets in TARGETS.items():
        commands = {
            target: {
                "command": f'echo {project}:{target} >> "$TRACE"',
                "configurations": _CONFIGURATIONS.get(target, {}),
            }
            for target in targets
        }
        fields = {"name": project, "targets": commands}
        _write(checkout / project / "project.json", fields)
    _git(checkout, "init", "--quiet", "--initial-branch=main")
    revisions = [_commit(checkout)]
    for change, projects in CHANGES.items():
        for project in projects:
            (checkout / project / "readme.md").write_text(f"Changed by {change}.\n")
        revisions.append(_commit(checkout))
    ranges = dict(zip(CHANGES, pairwise(revisions), strict=True))
    ranges["same"] = (revisions[-1], revisions[-1])
    code = copy_code(folder / "code")
    return AffectedWorkspace(checkout, code, ranges)


def _write(path: Path, fields: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(fields, indent=2) + "\n")


def _commit(folder: Path) -> str:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--allow-empty", "-m", "Change something")
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
