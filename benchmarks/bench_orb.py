"""What dte costs each agent: bytes in the compiled config, and the guard's time.

Run by `make bench`. The times are compared within one run, turn by turn, because the
machine may be busy with other things.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dte.compile import compile_config
from dte.model import PipelineValues

ROOT = Path(__file__).resolve().parents[1]
ORBS = {"your-namespace/dte": ROOT / "orb"}
TURNS = 30
WORKFLOW = "11111111-1111-4111-8111-111111111111"


def measure_bytes(agents: int, folder: Path) -> int:
    """The size of the sample's compiled config with this many agents."""
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
    compiled = compile_config(path, orbs=ORBS, pipeline=PipelineValues())
    return len(yaml.safe_dump(compiled.document, sort_keys=False).encode())


def find_guard(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The guard's step as a compiled agent has it: its words and its environment."""
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


def write_record(attempts: Path) -> None:
    """A record that lets the guard pass."""
    record = {
        "schema": 1,
        "attempt": 1,
        "workflow_id": WORKFLOW,
        "workspace_id": WORKFLOW,
        "pipeline_id": "",
        "recorded_at": "2026-11-24T01:02:03Z",
        "main_branch": "main",
        "successful_revisions": None,
    }
    (attempts / f"{WORKFLOW}.json").write_text(json.dumps(record))


def measure_seconds(words: Sequence[str], env: Mapping[str, str]) -> float:
    """How long one process takes from start to end."""
    started = time.perf_counter()
    subprocess.run(words, env=dict(env), check=True, capture_output=True)
    return time.perf_counter() - started


def compare_guard(folder: Path) -> tuple[float, float]:
    """The best time of a bare python3 and of the guard's whole step; seconds."""
    words, carried = find_guard(folder)
    # The Python that runs this, without a version manager's shim in between.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    bare = {"PATH": path, "HOME": str(folder), "TMPDIR": str(folder)}
    env = {
        **bare,
        **carried,
        "CIRCLE_WORKFLOW_ID": WORKFLOW,
        "CIRCLE_WORKFLOW_WORKSPACE_ID": WORKFLOW,
        "DTE_ATTEMPTS": str(folder),
    }
    write_record(folder)
    pairs = [
        (
            measure_seconds(["python3", "-I", "-c", ""], bare),
            measure_seconds(words, env),
        )
        for _ in range(TURNS)
    ]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def main() -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = [measure_bytes(agents, folder) for agents in (3, 4)]
        bare, guard = compare_guard(folder)
    limit = 8_000_000
    more = sizes[1] - sizes[0]
    print(f"compiled config with 3 agents: {sizes[0]:,} bytes")
    print(f"one more agent adds: {more:,} bytes ({limit // more} agents fit 8 MB)")
    print(
        f"bare python3: {bare * 1000:.0f} ms, the guard's step: {guard * 1000:.0f} ms"
    )
    print(f"the guard takes {guard / bare:.1f} times a bare python3")


if __name__ == "__main__":
    main()
