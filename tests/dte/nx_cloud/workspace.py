"""A folder in which the client's commands run, with a very small Nx."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

import dte.nx_cloud
from dte.nx_cloud import NxCloud
from dte.nx_cloud.runs import Run

CLIENT = Path(dte.nx_cloud.__file__).parent / "client"
SMALL_NX = Path(__file__).parent / "small_nx"
SECONDS = 120


@dataclass(frozen=True)
class Finished:
    """How a command of the client ended."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Workspace:
    """A checkout of one job, in which commands of the client run as processes."""

    folder: Path
    cloud: NxCloud
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, command: str, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command; keyword arguments are additional environment variables."""
        return subprocess.Popen(
            ["node", str(SMALL_NX / "run-client.js"), command, *words],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "CLIENT_FOLDER": str(CLIENT),
                "NX_CACHE_DIRECTORY": str(self.folder / "cache"),
                **self.cloud.job_environment(),
                **self.environment,
                **env,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command: str, *words: str, **env: str) -> Finished:
        """Run a command to its end."""
        return finish(self.start(command, *words, **env))


def finish(process: subprocess.Popen[str]) -> Finished:
    """Wait for a command's end."""
    with process:
        stdout, stderr = process.communicate(timeout=SECONDS)
    return Finished(process.returncode, stdout, stderr)


def make_workspace(folder: Path, cloud: NxCloud, **environment: str) -> Workspace:
    """Make a checkout in `folder`, which must not exist yet."""
    nx = folder / "node_modules" / "nx"
    shutil.copytree(SMALL_NX, nx)
    (folder / "cache").mkdir()
    return Workspace(folder, cloud, environment)


def find_heartbeats(folder: Path) -> list[psutil.Process]:
    """List the heartbeats that `start-ci-run` has left behind in a checkout."""
    found = []
    for process in psutil.process_iter():
        try:
            heartbeat = any("heartbeat.js" in word for word in process.cmdline())
            if heartbeat and Path(process.cwd()) == folder:
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true, and fail if it never is."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


class RunClock:
    """The runs' clock, which a test can set forward; counts pings and agents' polls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        self._asked = {"ping": 0, "ask": 0}
        monkeypatch.setattr("dte.nx_cloud.routes.time", self)
        for name in self._asked:
            self._count(monkeypatch, name, getattr(Run, name))

    def monotonic(self) -> float:
        """Return the time in seconds."""
        return time.monotonic() + self.ahead

    def _count(
        self, monkeypatch: pytest.MonkeyPatch, name: str, method: Callable[..., Any]
    ) -> None:
        def call(*words: Any) -> Any:
            answer = method(*words)
            self._asked[name] += 1
            return answer

        monkeypatch.setattr(Run, name, call)

    def wait_for(self, name: str) -> None:
        """Wait for a new request `name`: "ping" of main, or "ask" of an agent."""
        # The next request to be counted may have begun before this call.
        enough = self._asked[name] + 2
        wait_for(lambda: self._asked[name] >= enough)


def sleeper(agent: Workspace) -> psutil.Process:
    """Wait until the task `sleep` has started its child; return the child."""
    file = agent.folder / "sleeper"
    wait_for(lambda: file.exists() and file.read_text() != "")
    return psutil.Process(int(file.read_text()))


def is_gone(process: psutil.Process) -> bool:
    """Return whether a process has ended; a zombie counts as ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
