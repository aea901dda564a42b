"""How long `dte compile` takes with many agents, in seconds of processor time.

Run by `make bench`. The config is the README's, with more agents in its matrix.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from dte.compile import compile_config
from dte.compile.printed import print_document
from dte.model import PipelineValues

ROOT = Path(__file__).resolve().parents[1]
ORBS = {"your-namespace/dte": ROOT / "orb"}
AGENTS = (10, 63, 126)
TURNS = 5


def write_config(agents: int, path: Path) -> None:
    """Write the config of the README with this many agents."""
    matrix = {"parameters": {"ordinal": list(range(1, agents + 1))}}
    jobs: list[Any] = [
        "dte/attempt",
        {"dte/agent": {"matrix": matrix, "requires": ["dte/attempt"]}},
        {"dte/main": {"requires": ["dte/attempt"]}},
    ]
    document = {
        "version": 2.1,
        "orbs": {"dte": "your-namespace/dte@1.0.0"},
        "workflows": {"build": {"jobs": jobs}},
    }
    path.write_text(yaml.safe_dump(document))


def measure(path: Path) -> float:
    """The processor time of compiling and printing the config; seconds."""
    started = time.process_time()
    print_document(compile_config(path, orbs=ORBS, pipeline=PipelineValues()).document)
    return time.process_time() - started


def main() -> None:
    """Print the best time for each number of agents."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "config.yml"
        for agents in AGENTS:
            write_config(agents, path)
            best = min(measure(path) for _ in range(TURNS))
            print(f"{agents} agents: {best:.2f} s of processor time")


if __name__ == "__main__":
    main()
