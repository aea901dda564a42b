"""A job with an Nx workspace and a fake npx that records its arguments."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.scripts.records import RunScript

# Queries about the workspace are answered from a file and not recorded as calls.
_NPX = """#!/bin/bash
if [ "$1 $2" = "nx graph" ] || [ "$1 $2" = "nx show" ]; then
  printf '%s\\0' "$@" >"{folder}/asked-$2"
  if [ "$2" = graph ]; then cp "{folder}/graph.json" "${{3#--file=}}"
  else cat "{folder}/affected.json"; fi
  exit
fi
number=$(($(cat "{folder}/count" 2>/dev/null || echo 0) + 1))
echo "$number" >"{folder}/count"
printf '%s\\0' "$@" >"{folder}/words-$number"
env -0 >"{folder}/env-$number"
if [ -e "{folder}/answer-$number" ]; then . "{folder}/answer-$number"
elif [ "$2" = affected ]; then echo "Successfully ran target lint for project shop"; fi
"""


@dataclass
class NxJob:
    """One job: its checkout with Nx installed, and the recorded calls of npx."""

    run_script: RunScript
    folder: Path

    def __post_init__(self) -> None:
        self.checkout.mkdir(parents=True)
        self.bin.mkdir()
        npx = self.bin / "npx"
        npx.write_text(_NPX.format(folder=self.bin))
        npx.chmod(0o755)
        self.write("nx.json", "{}")
        self.set_projects({"shop": ["lint", "build", "test", "e2e-ci"]}, ["shop"])
        self.write("node_modules/.bin/nx", "")

    @property
    def checkout(self) -> Path:
        """The folder in which the step started."""
        return self.folder / "checkout"

    @property
    def bin(self) -> Path:
        """The folder with npx and its recorded calls."""
        return self.folder / "bin"

    def write(self, name: str, text: str) -> None:
        """Write a file in the checkout."""
        path = self.checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def set_projects(self, projects: dict[str, list[str]], affected: list[str]) -> None:
        """Make `nx graph` and `nx show projects --affected` return these projects."""
        nodes = {
            name: {
                "name": name,
                "data": {"targets": {target: {} for target in targets}},
            }
            for name, targets in projects.items()
        }
        graph = {"graph": {"nodes": nodes, "dependencies": {}}}
        (self.bin / "graph.json").write_text(json.dumps(graph))
        (self.bin / "affected.json").write_text(json.dumps(affected))

    def answer(self, call: int, bash: str) -> None:
        """Make the `call`-th call of npx, counted from 1, run the bash code `bash`."""
        (self.bin / f"answer-{call}").write_text(bash)

    def run(self, script: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a script in this job, with an Nx Cloud token by default."""
        variables = {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "BASH_ENV": str(self.folder / "bash_env"),
            "DTE_CHECKOUT": str(self.checkout),
            "NX_CLOUD_ACCESS_TOKEN": "token",
        }
        return self.run_script(script, {**variables, **env})

    def read_calls(self) -> list[list[str]]:
        """Return the arguments of each call of npx, in order."""
        paths = sorted(self.bin.glob("words-*"))
        return [path.read_text().split("\0")[:-1] for path in paths]

    def read_environment(self, call: int = 1) -> dict[str, str]:
        """Return the environment of the `call`-th call of npx, counted from 1."""
        pairs = (self.bin / f"env-{call}").read_text().split("\0")[:-1]
        return dict(pair.split("=", 1) for pair in pairs)

    def read_exported(self) -> dict[str, str]:
        """Return the variables that later steps receive, as bash reads them."""
        path = self.folder / "bash_env"
        if not path.exists():
            return {}
        done = subprocess.run(
            ["env", "-i", "bash", "-c", '. "$1" && env -0', "bash", str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        pairs = (pair.split("=", 1) for pair in done.stdout.split("\0")[:-1])
        own = ("_", "PWD", "SHLVL", "PATH")
        return {name: value for name, value in pairs if name not in own}
