"""Tell Nx Cloud that main distributes its tasks to agents of our own."""

import sys
from pathlib import Path
from typing import List

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agents_mode import goes_with_agents
from bash_env import (
    WITHOUT_AGENTS,
    export,
    is_word,
    read_mode,
    set_mode,
    set_started,
)
from durations import set_timeout
from failures import Misuse, Refusal, run, say
from nx import enter_checkout, join_targets, require_nx, split_words
from nx_json import find_root
from retries import run_with_client
from run_names import export_names
from settings import read, read_choice, read_switch

STARTS = ("flags", "config", "own")
_CONFIGS = ("ci-config.yaml", "ci-config.yml")


def plan_flags() -> List[str]:
    """The words of `nx-cloud start-ci-run`.

    Nx Cloud has to know every target that still has to run before it may stop the
    agents (Nx docs, Manual DTE), so all targets are named unless the user names some.
    """
    last = join_targets("DTE_STOP_AGENTS_AFTER") or join_targets("DTE_TARGETS")
    if not last:
        raise Misuse(
            "neither DTE_STOP_AGENTS_AFTER nor DTE_TARGETS names a target",
            suggestions=["set the parameter `targets`, for example to lint,test,build"],
        )
    words = ["start-ci-run", "--distribute-on=manual", "--stop-agents-after=" + last]
    rules = read("DTE_ASSIGNMENT_RULES")
    if rules:
        words.append("--assignment-rules=" + rules)
    if read_switch("DTE_EXPLICIT_COMPLETION", False):
        words.append("--require-explicit-completion")
    return words + split_words("DTE_START_ARGUMENTS")


def plan_config() -> List[str]:
    """The words of `nx-cloud start-nx-agents`, which takes none but from its file.

    `explicit_completion` may stay: the file turns the heartbeat off, and dte/main then
    completes the run in its last steps.
    """
    refuse_unseen("config", "write it into .nx/ci-config.yaml")
    return ["start-nx-agents"]


def plan_own() -> List[str]:
    """No words, since the user's own steps start the run.

    `explicit_completion` may stay: dte/main then completes the run in its last steps.
    """
    refuse_unseen("own", "give it to the command in your start_steps")
    return []


def refuse_unseen(start: str, mend: str) -> None:
    """Raise `Misuse` for parameters that only `start: flags` passes on."""
    given = {
        "stop_agents_after": read("DTE_STOP_AGENTS_AFTER"),
        "assignment_rules": read("DTE_ASSIGNMENT_RULES"),
        "start_arguments": read("DTE_START_ARGUMENTS"),
    }
    unseen = [name for name, value in given.items() if value]
    if unseen:
        raise Misuse(
            "with `start: {}`, Nx Cloud would not see {}".format(
                start, ", ".join(unseen)
            ),
            suggestions=[mend, "or leave `start` at flags"],
            reference="Nx docs, CI Configuration",
        )


def check_config(start: str, root: Path) -> None:
    """Raise `Refusal` where `start` and the files in the workspace don't agree."""
    found = [name for name in _CONFIGS if (root / ".nx" / name).is_file()]
    if start == "flags" and found:
        raise Refusal(
            ".nx/{} is there, and Nx Cloud takes flags or that file, not both".format(
                found[0]
            ),
            suggestions=["set `start: config` on dte/main", "or remove the file"],
            reference="Nx docs, CI Configuration",
        )
    if start == "config" and not found:
        raise Refusal(
            "`start: config` needs .nx/ci-config.yaml in {}".format(root),
            suggestions=["add the file", "or leave `start` at flags"],
            reference="Nx docs, CI Configuration",
        )


def hand_on_root(checkout: Path) -> None:
    """Give later steps the workspace's folder in full, where a shell may source it.

    A step of the user's can't go to a `working_directory` that begins with `~`.
    """
    if is_word(str(checkout)):
        export({"DTE_NX_ROOT": str(checkout)})


def main() -> None:
    """Start the run, or decide that main does all the work itself."""
    start = read_choice("DTE_START", STARTS[0], STARTS)
    plans = {"flags": plan_flags, "config": plan_config, "own": plan_own}
    words = plans[start]()
    checkout = enter_checkout()
    require_nx(checkout)
    export_names()
    with_agents = goes_with_agents(checkout)
    hand_on_root(checkout)
    if not with_agents:
        say("notice: no run is started, and main runs all tasks by itself.")
        if not read_mode():
            set_mode(WITHOUT_AGENTS)
        return
    check_config(start, find_root(checkout) or checkout)
    set_timeout("NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS", "DTE_MAIN_TIMEOUT", "30m")
    if start == "own":
        say("Nx Cloud is connected; the steps of your own start the run.")
    elif status := run_with_client(["npx", "nx-cloud", *words]):
        sys.exit(status)
    set_started()


if __name__ == "__main__":
    run(main)
