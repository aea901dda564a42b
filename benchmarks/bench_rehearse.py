"""Measures the time and memory of a rehearsal with many jobs and much output.

`make bench` runs it. gitlab-ci-local runs GitLab's pipelines locally in the same way,
so the benchmark runs 50 jobs that do nothing with both tools in turn, and prints the
ratio. gitlab-ci-local needs rsync.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[1]
OTHER = "gitlab-ci-local@4.61.0"
CACHE = ROOT / ".cache" / "bench"
TURNS = 3
JOBS = 50
LOUD_JOBS = 100
LOUD_MEGABYTES = 10
LINE = "x" * 99


class Cost(NamedTuple):
    """The duration of a command in seconds, and the MB of its largest process."""

    seconds: float
    megabytes: float


def install_other() -> Path:
    """Return gitlab-ci-local's command; npm installs it into the cache once."""
    command = CACHE / "node_modules" / ".bin" / "gitlab-ci-local"
    if not command.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        words = ("npm", "install", "--no-audit", "--no-fund", "--prefix", str(CACHE))
        subprocess.run([*words, OTHER], check=True, capture_output=True)
    return command


def write_project(folder: Path, jobs: int, command: str) -> None:
    """Make a repository with two configs that have the same concurrent jobs."""
    names = [f"job-{number}" for number in range(jobs)]
    step: Any = {"run": {"name": "A", "shell": "/bin/bash", "command": command}}
    job = {"docker": [{"image": "any"}], "steps": [step]}
    ours = {
        "version": 2.1,
        "jobs": dict.fromkeys(names, job),
        "workflows": {"all": {"jobs": names}},
    }
    theirs = {key: {"stage": "test", "script": [command]} for key in names}
    (folder / ".circleci").mkdir(parents=True)
    (folder / ".circleci" / "config.yml").write_text(yaml.safe_dump(ours))
    (folder / ".gitlab-ci.yml").write_text(yaml.safe_dump(theirs))
    git = ("git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "One")):
        subprocess.run([*git, *words], check=True)
    remote = ("remote", "add", "origin", "git@example.com:a/b.git")
    subprocess.run([*git, *remote], check=True)


def measure(words: Sequence[str], folder: Path) -> Cost:
    """Run a command and return its cost; raises `RuntimeError` if the command fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words} failed with {process.returncode}")
    return Cost(time.monotonic() - started, used.ru_maxrss / 1024)


def compare(folder: Path, dte: Sequence[str]) -> None:
    """Print the cost of many jobs that do nothing, in dte and in gitlab-ci-local."""
    write_project(folder, JOBS, "true")
    other = [str(install_other())]
    turns = [(measure(dte, folder), measure(other, folder)) for _ in range(TURNS)]
    ours = Cost(*(min(turn[0][at] for turn in turns) for at in (0, 1)))
    theirs = Cost(*(min(turn[1][at] for turn in turns) for at in (0, 1)))
    for title, cost in (("dte", ours), (OTHER, theirs)):
        print(f"{title}, {JOBS} jobs: {cost.seconds:.1f} s, {cost.megabytes:.0f} MB")
    print(f"that is {ours.seconds / theirs.seconds:.2f} of the time", end=" ")
    print(f"and {ours.megabytes / theirs.megabytes:.2f} of the memory")


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dte = [sys.executable, "-m", "dte", "rehearse", "--logs", str(folder / "logs")]
        if shutil.which("rsync"):
            compare(folder / "many", dte)
        else:
            print(f"not compared with {OTHER}: it needs rsync")
        command = f"yes {LINE} | head -c {LOUD_MEGABYTES * 1_000_000}"
        write_project(folder / "loud", LOUD_JOBS, command)
        loud = measure(dte, folder / "loud")
    print(f"{LOUD_JOBS} jobs that print {LOUD_MEGABYTES} MB each:", end=" ")
    print(f"{loud.seconds:.0f} s, {loud.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
