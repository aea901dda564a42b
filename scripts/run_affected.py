"""Run the targets of the affected projects, on the agents or in this job."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bash_env import read_mode
from commands import become
from failures import Misuse, run, say
from nx import call_nx, enter_checkout, join_targets, require_nx, split_words
from settings import read

SKIP_VALIDATION = "NX_SKIP_ATOMIZER_VALIDATION"


def read_revision(name: str) -> str:
    """A revision that `set_shas` exported; raises `Misuse` if it did not run."""
    revision = read(name)
    if not revision:
        raise Misuse(
            "{} is not set, so no project can be selected".format(name),
            suggestions=[
                "run dte/set_shas in an earlier step of this job",
                "or export NX_BASE and NX_HEAD yourself, in the file in BASH_ENV",
            ],
            reference="Nx docs, Run Only Tasks Affected by a PR",
        )
    return revision


def allow_split_targets() -> None:
    """Let Nx run targets here that its plugins split for agents, such as e2e-ci.

    Without Nx Cloud it refuses them, because they are slower on one machine
    (`validateNoAtomizedTasks` in the nx package, 24.0.6; nrwl/nx#26898).
    """
    if not read(SKIP_VALIDATION):
        os.environ[SKIP_VALIDATION] = "true"


def main() -> None:
    """Run `nx affected` between NX_BASE and NX_HEAD, which `set_shas` exported."""
    targets = join_targets("DTE_TARGETS")
    if not targets:
        raise Misuse("DTE_TARGETS contains no target", suggestions=["set `targets`"])
    parallel = read("DTE_PARALLEL", "2")
    configuration = read("DTE_CONFIGURATION")
    alone = bool(read_mode())
    if alone:
        say("notice: this job runs all tasks itself, without agents.")
        allow_split_targets()
    require_nx(enter_checkout())
    words = call_nx(
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
    become(words)


if __name__ == "__main__":
    run(main)
