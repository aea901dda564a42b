"""Run the targets of the affected projects; the agents do the work."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from failures import Misuse, run, say
from later_steps import read_mode
from nx import join_targets, run_nx, split_words
from settings import read, require


def main() -> None:
    """Become `nx affected` between NX_BASE and NX_HEAD, which `set_shas` exported."""
    targets = join_targets("DTE_TARGETS")
    if not targets:
        raise Misuse("DTE_TARGETS names no target", suggestions=["set `targets`"])
    parallel = read("DTE_PARALLEL", "2")
    configuration = read("DTE_CONFIGURATION")
    alone = bool(read_mode())
    if alone:
        say("notice: this job runs all tasks by itself, without agents.")
    run_nx(
        "nx",
        "affected",
        "--base=" + require("NX_BASE"),
        "--head=" + require("NX_HEAD"),
        "-t",
        targets,
        "--parallel=" + parallel,
        *(["--configuration=" + configuration] if configuration else []),
        *(["--no-agents"] if alone else []),
        *split_words("DTE_NX_ARGUMENTS"),
    )


if __name__ == "__main__":
    run(main)
