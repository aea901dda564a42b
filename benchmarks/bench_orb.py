"""Measures what dte costs each agent: bytes in the config, and the guard's time.

`make bench` runs it. It alternates between the commands that it compares, because the
machine may be busy with other work.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dte.compile import compile_config
from dte.compile.printed import print_document
from dte.model import PipelineValues
from tools.carried_code import DIGEST, copy_code

ROOT = Path(__file__).resolve().parents[1]
ORBS = {"your-namespace/dte": ROOT / "orb"}
TURNS = 30
WORKFLOW = "11111111-1111-4111-8111-111111111111"


def write_config(agents: int, folder: Path) -> Path:
    """Write the README's config with this many agents; return its path."""
    path = folder / "config.yml"
    jobs: list[Any] = [
        "dte/attempt",
        {
            "dte/agent": {
                "matrix": {"parameters": {"ordinal": list(range(1, agents + 1))}},
                "requires": ["dte/attempt"],
            }
        },
        {"dte/main": {"requires": ["dte/attempt"]}},
    ]
    document = {
        "version": 2.1,
        "orbs": {"dte": "your-namespace/dte@1.0.0"},
        "workflows": {"build": {"jobs": jobs}},
    }
    path.write_text(yaml.safe_dump(document))
    return path


def measure_bytes(agents: int, folder: Path) -> int:
    """Return the bytes of the README's compiled config with this many agents."""
    path = write_config(agents, folder)
    compiled = compile_config(path, orbs=ORBS, pipeline=PipelineValues())
    return len(print_document(compiled.document).encode())


def find_guard(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment of the guard's step in an agent's job."""
    path = folder / "config.yml"
    compiled = compile_config(path, orbs=ORBS, pipeline=PipelineValues())
    agent = next(
        place.job
        for place in compiled.workflows[0].jobs
        if place.job and place.name.startswith("dte/agent")
    )
    step = next(step for step in agent.steps if step.kind == "run")
    words = ["/bin/bash", "-eo", "pipefail", "-c", step.arguments["command"]]
    return words, dict(step.arguments["environment"])


def attach(home: Path) -> None:
    """Write the record and the code of a full run to the paths that the guard reads."""
    job = home / "attempt"
    code = copy_code(job / "code")
    words = [sys.executable, "-I", "-S", str(code), "record_attempt"]
    env = {
        "CIRCLE_WORKFLOW_ID": WORKFLOW,
        "DTE_CHECKOUT": str(job),
        "DTE_CODE": DIGEST.read_text(encoding="ascii"),
    }
    subprocess.run(words, env=env, check=True, capture_output=True)
    shutil.copytree(job / ".dte-attempt", home / ".dte")


def measure_seconds(words: Sequence[str], env: Mapping[str, str]) -> float:
    """Run a process; return the seconds of processor time, including its children's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=dict(env), check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def find_python() -> Path:
    """Return the folder of a Python without packages, which starts as fast as possible.

    This environment's own Python also reads the tools' `.pth` files. It starts more
    slowly, which would make the guard look faster.
    """
    found = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    return Path(found or sys.executable).parent


def compare_guard(folder: Path) -> tuple[float, float, float]:
    """Return the shortest times of bare python3, a passing and a refusing guard."""
    words, carried = find_guard(folder)
    path = f"{find_python()}{os.pathsep}{os.environ['PATH']}"
    bare = {"PATH": path, "HOME": str(folder), "TMPDIR": str(folder)}
    attach(folder)
    passes = {
        **bare,
        **carried,
        "CIRCLE_WORKFLOW_ID": WORKFLOW,
        "CIRCLE_WORKFLOW_WORKSPACE_ID": WORKFLOW,
        "BASH_ENV": str(folder / "bash_env"),
    }
    refuses = {**passes, "CIRCLE_WORKFLOW_ID": "another-workflow"}
    turns = [
        (
            measure_seconds(["python3", "-I", "-c", ""], bare),
            measure_seconds(words, passes),
            measure_seconds(words, refuses),
        )
        for _ in range(TURNS)
    ]
    bare_time, pass_time, refusal_time = map(min, zip(*turns, strict=True))
    return bare_time, pass_time, refusal_time


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = {agents: measure_bytes(agents, folder) for agents in (3, 4, 126)}
        bare, passes, refuses = compare_guard(folder)
    print(f"compiled config with 3 agents: {sizes[3]:,} bytes")
    print(f"compiled config with 126 agents: {sizes[126]:,} bytes")
    print(f"one more agent adds: {sizes[4] - sizes[3]:,} bytes")
    print(f"bare python3: {bare * 1000:.1f} ms of processor time")
    print(f"the guard passes in {passes / bare:.1f} times that")
    print(f"the guard refuses in {refuses / bare:.1f} times that")


if __name__ == "__main__":
    main()
