"""Installs the old full client, and starts its commands as processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .scripted_server import ScriptedServer

NX = "19.8.4"
NX_CLOUD = "19.0.0"
# The package's own program treats every command except start-agent as stop-all-agents.
COMMANDS = {
    "start-agent": ("runners/distributed-agent/distributed-agent.impl", "startAgent"),
    "start-ci-run": ("commands/start-ci-run", "startCiRun"),
    "stop-all-agents": ("commands/stop-all-agents", "stopAllAgents"),
    "clean-up-agents": ("commands/clean-up-agents", "cleanUpAgents"),
    "record": ("commands/record-output", "runCommandAndStoreInCloud"),
}
# As in the package's program, nothing ends the process after clean-up-agents returns,
# because its work may not be finished yet.
RUN = """
const [file, name] = JSON.parse(process.env.ORACLE_COMMAND);
require(`nx-cloud/lib/core/${file}`)[name]()
  .then(() => name === 'cleanUpAgents' || process.exit(0))
  .catch((error) => { console.error(error); process.exit(1); });
"""
NX_JSON = {
    "targetDefaults": {"build": {"cache": True}},
    "tasksRunnerOptions": {
        "default": {
            "runner": "nx-cloud",
            "options": {"useLightClient": False, "cacheableOperations": ["build"]},
        }
    },
}
PROJECT = {"name": "app", "targets": {"build": {"command": "true"}}}


def install(folder: Path) -> Path:
    """Return a workspace with one project and the unmodified packages."""
    folder.mkdir()
    write_workspace(folder, NX_JSON)
    (folder / "package.json").write_text(
        '{"name": "oracle", "private": true, "type": "commonjs"}'
    )
    words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
    packages = [f"nx@{NX}", f"nx-cloud@{NX_CLOUD}"]
    subprocess.run([*words, *packages], cwd=folder, check=True, capture_output=True)
    return folder


def write_workspace(folder: Path, nx_json: object) -> None:
    """Write the files of a workspace with one project."""
    (folder / "app").mkdir(exist_ok=True)
    (folder / "app" / "project.json").write_text(json.dumps(PROJECT))
    (folder / "nx.json").write_text(json.dumps(nx_json))
    (folder / "run-oracle.js").write_text(RUN)


@dataclass(frozen=True)
class RealClient:
    """The checkout of one job, in which the old full client runs against a server."""

    folder: Path
    url: str

    def start(self, command: str, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command of the old client; `nx` starts Nx with its tasks runner."""
        program = ["run-oracle.js", command]
        if command == "nx":
            program = ["node_modules/nx/bin/nx.js"]
        oracle = json.dumps(COMMANDS.get(command, []))
        return subprocess.Popen(
            ["node", *program, *words],
            cwd=self.folder,
            env={**environment(self.folder), "NX_CLOUD_API": self.url, **env}
            | {"NX_CLOUD_ACCESS_TOKEN": "token", "ORACLE_COMMAND": oracle},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that both clients get."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "NX_CACHE_DIRECTORY": str(folder / "cache"),
        "NX_WORKSPACE_DATA_DIRECTORY": str(folder / "data"),
        "NX_DAEMON": "false",
        "CI": "true",
        "CIRCLECI": "true",
        "CIRCLE_WORKFLOW_ID": "w1",
        "NX_AGENT_NAME": "agent-1",
        "NX_BRANCH": "main",
        "NO_PROXY": "127.0.0.1",
    }


def make_client(installed: Path, folder: Path, server: ScriptedServer) -> RealClient:
    """Make a separate checkout for a client, with linked packages."""
    shutil.copytree(installed, folder, symlinks=True, copy_function=os.link)
    return RealClient(folder, server.url)
