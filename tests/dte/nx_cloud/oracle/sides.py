"""The old client and the stand-in's client, each with a server that a test controls."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import requests

from dte.nx_cloud import NxCloud

from ..real_job import Ended, wait, wait_for_line
from ..workspace import CLIENT, SMALL_NX
from .real_client import RealClient, environment, make_client, write_workspace
from .scripted_server import ScriptedServer

BUILD = ("nx", "run-many", "-t", "build")


class Side(Protocol):
    """One of the two clients in a folder, and the run on its server."""

    def start(self, command: str, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command of the client; `nx` starts Nx, as main does."""

    def end_run(self, error: str = "") -> None:
        """Let the server end the run; with an `error`, the run has failed."""

    def ended_with(self) -> str:
        """Return the error with which a client ended the run, or an empty string."""

    def wait_for_agent(self, process: subprocess.Popen[str]) -> None:
        """Wait until an agent has asked for its first task."""

    def wait_for_main(self) -> None:
        """Wait until main has sent its tasks."""


class RealSide:
    """The old client against the scripted server."""

    def __init__(self, installed: Path, folder: Path, server: ScriptedServer) -> None:
        self.server = server
        self._client: RealClient = make_client(installed, folder, server)

    def start(self, command: str, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command of the old client."""
        return self._client.start(command, *words, **env)

    def end_run(self, error: str = "") -> None:
        """Make the server answer the next polls with the run's end or error."""
        self.server.error = error
        self.server.ended = not error

    def ended_with(self) -> str:
        """Return the error in the last request that completed the run, or ""."""
        [*_, last] = self.server.completions()
        return last.get("criticalErrorMessage") or ""

    def wait_for_agent(self, process: subprocess.Popen[str]) -> None:
        """Wait for the first poll of this agent."""
        before = len(self.server.polls())
        wait_until(lambda: len(self.server.polls()) > before)

    def wait_for_main(self) -> None:
        """Wait for the request with the tasks."""
        wait_until(lambda: "start" in self.server.paths())


class StandInSide:
    """The stand-in's client against the stand-in."""

    def __init__(self, installed: Path, folder: Path, cloud: NxCloud) -> None:
        self._cloud = cloud
        self._folder = folder
        shutil.copytree(installed, folder, symlinks=True, copy_function=os.link)
        (folder / "nx.json").unlink()
        (folder / "app" / "project.json").unlink()
        (folder / "run-oracle.js").unlink()
        write_workspace(folder, {"targetDefaults": {"build": {"cache": True}}})

    def start(self, command: str, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command of the stand-in's client, or Nx with this client."""
        program = [str(SMALL_NX / "run-client.js"), command]
        if command == "nx":
            program = ["node_modules/nx/bin/nx.js"]
        own = {**environment(self._folder), "CLIENT_FOLDER": str(CLIENT)}
        return subprocess.Popen(
            ["node", *program, *words],
            cwd=self._folder,
            env={**own, **self._cloud.job_environment(), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end_run(self, error: str = "") -> None:
        """Complete the run."""
        self._post("/runs/complete", error=error)

    def ended_with(self) -> str:
        """Return why the run ended, or "" if it was completed without an error."""
        end: str = self._post("/runs/ping").json()["end"]
        return "" if end == "all agents were stopped" else end

    def wait_for_agent(self, process: subprocess.Popen[str]) -> None:
        """Wait until the agent says that it is in the run."""
        wait_for_line(process, "Nx Cloud (stand-in): agent agent-1 of run")

    def wait_for_main(self) -> None:
        """Wait until the run has a command."""
        wait_until(lambda: self._post("/commands/follow", command=0).ok)

    def _post(self, path: str, **message: Any) -> requests.Response:
        return requests.post(
            self._cloud.url + path,
            json={"run": "w1", **message},
            headers={"Authorization": f"Bearer {self._cloud.token}"},
            timeout=60,
        )


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, and fail if it never does."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def run(side: Side, command: str, *words: str, **env: str) -> Ended:
    """Run a command to its end."""
    return wait(side.start(command, *words, **env))


def compare(
    sides: tuple[Side, Side], act: Callable[[Side], Ended], message: str
) -> Ended:
    """Run `act` with both clients; return the old client's result if both agree."""
    real, stand_in = (act(side) for side in sides)
    assert stand_in.exit_code == real.exit_code, stand_in.output + real.output
    assert message in real.output
    assert message in stand_in.output
    return real


def start_run(side: Side) -> None:
    """Start a run, so that main's tasks are distributed to agents."""
    assert run(side, "start-ci-run", "--distribute-on=manual").exit_code == 0
