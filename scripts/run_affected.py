"""Run the targets of the affected projects; the agents do the work."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import read_mode
from failures import Misuse, run, say
from nx import join_targets, run_nx, split_words
from settings import read

SKIP_VALIDATION = "NX_SKIP_ATOMIZER_VALIDATION"


def read_revision(name: str) -> str:
    """A revision that `set_shas` exported; raises `Misuse` where it has not run."""
    revision = read(name)
    if not revision:
        raise Misuse(
            "{} is not set, so nothing says what is affected".format(name),
            suggestions=[
                "run dte/set_shas in an earlier step of this job",
                "or export NX_BASE and NX_HEAD yourself, to the file in BASH_ENV",
            ],
            reference="Nx docs, Run Only Tasks Affected by a PR",
        )
    return revision


def allow_split_targets() -> None:
    """Let Nx run targets here that it splits for agents, as its plugins do e2e-ci.

    Where it is not connected it refuses them, for they would only be faster apart
    (`validateNoAtomizedTasks` in the nx package, 24.0.6; nrwl/nx#26898).
    """
    if not read(SKIP_VALIDATION):
        os.environ[SKIP_VALIDATION] = "true"


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
        allow_split_targets()
    run_nx(
        "nx",
        "affected",
        "--base=" + read_revision("NX_BASE"),
        "--head=" + read_revision("NX_HEAD"),
        "-t",
        targets,
        "--parallel=" + parallel,
        *(["--configuration=" + configuration] if configuration else []),
        *(["--no-agents"] if alone else []),
        *split_words("DTE_NX_ARGUMENTS"),
    )


if __name__ == "__main__":
    run(main)
