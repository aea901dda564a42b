"""Measures the processor time of `dte compile` with many agents.

`make bench` runs it. The config is the README's, with more agents in its matrix.
"""

import tempfile
import time
from pathlib import Path

from benchmarks.bench_orb import ORBS, write_config
from dte.compile import compile_config
from dte.compile.printed import print_document
from dte.model import PipelineValues

AGENTS = (10, 63, 126)
TURNS = 5


def measure(path: Path) -> float:
    """Return the processor time of compiling and printing the config, in seconds."""
    started = time.process_time()
    print_document(compile_config(path, orbs=ORBS, pipeline=PipelineValues()).document)
    return time.process_time() - started


def main() -> None:
    """Print the best time for each number of agents."""
    with tempfile.TemporaryDirectory() as name:
        for agents in AGENTS:
            path = write_config(agents, Path(name))
            best = min(measure(path) for _ in range(TURNS))
            print(f"{agents} agents: {best:.2f} s of processor time")


if __name__ == "__main__":
    main()
