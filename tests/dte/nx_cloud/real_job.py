"""Jobs with the real Nx; each has its own clone of the sample and shares nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from dte.nx_cloud import NxCloud
from tests.git import git, make_repository

SAMPLE = Path(__file__).parents[3] / "sample"
SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """How a process of a job ended, and all that it printed."""

    exit_code: int
    output: str


@dataclass(frozen=True)
class RealJob:
    """One job: its checkout, and its environment."""

    checkout: Path
    environment: dict[str, str]

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start a command; keyword arguments are additional environment variables."""
        return subprocess.Popen(
            words,
            cwd=self.checkout,
            env={**self.environment, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **env: str) -> Ended:
        """Run a command to its end."""
        return wait(self.start(*words, **env))

    def kill(self) -> None:
        """Kill the job's remaining processes, as the end of its container would."""
        marker = self.environment["NX_CACHE_DIRECTORY"]
        for process in psutil.process_iter():
            try:
                if process.environ().get("NX_CACHE_DIRECTORY") == marker:
                    process.kill()
            except psutil.Error:
                continue


def wait(process: subprocess.Popen[str]) -> Ended:
    """Wait for a process's end."""
    with process:
        output, _ = process.communicate(timeout=SECONDS)
    return Ended(process.returncode, output)


def wait_for_line(process: subprocess.Popen[str], text: str) -> None:
    """Read what a process prints until a line contains the text."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return
    raise AssertionError("".join(lines))


def wait_all(processes: Sequence[subprocess.Popen[str]]) -> list[int]:
    """Wait for several processes, and return their exit codes."""
    return [wait(process).exit_code for process in processes]


def install_sample(folder: Path, npm_cache: Path) -> Path:
    """Copy the sample, commit it, and install its packages."""
    shutil.copytree(
        SAMPLE, folder, ignore=shutil.ignore_patterns("node_modules", "dist", ".nx")
    )
    make_repository(folder)
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"],
        cwd=folder,
        env={**os.environ, "npm_config_cache": str(npm_cache)},
        check=True,
        capture_output=True,
    )
    return folder


def make_job(
    folder: Path, *, repository: Path, modules: Path, sockets: Path, cloud: NxCloud
) -> RealJob:
    """Clone the repository for a job named after `folder`.

    `modules` is the `node_modules` that the clone gets. `sockets` is a folder with a
    short path, because a socket's path has at most 108 characters.
    """
    checkout = folder / "project"
    folder.mkdir(parents=True)
    git(repository, "clone", "--quiet", ".", str(checkout))
    shutil.copytree(
        modules,
        checkout / "node_modules",
        symlinks=True,
        copy_function=os.link,
    )
    own_sockets = sockets / folder.name
    own_sockets.mkdir(mode=0o700)
    return RealJob(
        checkout,
        {
            "PATH": os.environ["PATH"],
            "CI": "true",
            "CIRCLECI": "true",
            "HOME": str(folder),
            "NX_CACHE_DIRECTORY": str(folder / "nx-cache"),
            "NX_WORKSPACE_DATA_DIRECTORY": str(folder / "nx-data"),
            "NX_NATIVE_FILE_CACHE_DIRECTORY": str(folder / "nx-native"),
            "NX_SOCKET_DIR": str(own_sockets),
            "CIRCLE_JOB": folder.name,
            "CIRCLE_WORKFLOW_ID": "w1",
            **cloud.job_environment(),
        },
    )
