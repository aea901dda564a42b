"""Tell Nx Cloud that main distributes its tasks to self-hosted agents."""

import sys
from pathlib import Path
from typing import List, Optional

from agents_mode import ALONE, goes_on_after, goes_with_agents
from bash_env import WITHOUT_AGENTS, export, is_word, read_mode, set_mode, set_started
from ci_config import find_config, note_pipeline, require_own_agents
from cloud_refusals import find_refusal
from durations import set_timeout
from failures import Refusal, UsageError, say
from nx import call_nx_cloud, enter_checkout, find_runner, require_nx, split_words
from nx_json import find_root
from retries import run_with_client
from run_names import export_names
from settings import read, read_choice, read_switch
from targets import read_targets

AUTO = "auto"
STARTS = (AUTO, "flags", "config", "own")


def plan_flags() -> List[str]:
    """Return the arguments of `nx-cloud start-ci-run`.

    Nx Cloud must know which targets have to finish before it stops the agents (Nx docs,
    Manual DTE), so all targets are passed unless the user names some.
    """
    last = read_targets("DTE_STOP_AGENTS_AFTER") or read_targets("DTE_TARGETS")
    if not last:
        raise UsageError(
            "neither DTE_STOP_AGENTS_AFTER nor DTE_TARGETS contains a target",
            suggestions=["set the parameter `targets`, for example to lint,test,build"],
        )
    words = [
        "start-ci-run",
        "--distribute-on=manual",
        "--stop-agents-after=" + ",".join(last),
    ]
    rules = read("DTE_ASSIGNMENT_RULES")
    if rules:
        words.append("--assignment-rules=" + rules)
    if read_switch("DTE_EXPLICIT_COMPLETION", False):
        words.append("--require-explicit-completion")
    return words + split_words("DTE_START_ARGUMENTS")


def plan_config() -> List[str]:
    """Return the arguments of `nx-cloud start-nx-agents`, which reads the file.

    `explicit_completion` is allowed: the file turns the heartbeat off, and dte/main
    completes the run in its last steps.
    """
    refuse_unseen("config", "write it into .nx/ci-config.yaml, or remove the file")
    return ["start-nx-agents"]


def plan_own() -> List[str]:
    """Return no arguments, because the user's own steps start the run."""
    refuse_unseen("own", "pass it to the command in your start_steps")
    return []


def refuse_unseen(start: str, fix: str) -> None:
    """Raise `UsageError` for parameters that only `start: flags` uses."""
    given = {
        "stop_agents_after": read("DTE_STOP_AGENTS_AFTER"),
        "assignment_rules": read("DTE_ASSIGNMENT_RULES"),
        "start_arguments": read("DTE_START_ARGUMENTS"),
    }
    unseen = [name for name, value in given.items() if value]
    if unseen:
        raise UsageError(
            "with `start: {}`, Nx Cloud does not receive {}".format(
                start, ", ".join(unseen)
            ),
            suggestions=[fix, "or set `start: flags`"],
        )


def check_config(start: str, found: Optional[Path], root: Path) -> None:
    """Raise `Refusal` if `start` contradicts the files of the workspace."""
    if start == "flags" and found:
        raise Refusal(
            f"Nx Cloud accepts either flags or .nx/{found.name}, and the file exists",
            suggestions=["set `start: auto` on dte/main", "or remove the file"],
            code="ci-config",
        )
    if start == "config" and not found:
        raise Refusal(
            f"`start: config` needs the file .nx/ci-config.yaml in {root}",
            suggestions=["add the file", "or set `start: auto`"],
            code="ci-config",
        )
    if start == "config" and found:
        require_own_agents(found)


def hand_on_workspace(checkout: Path) -> None:
    """Export how to run Nx, and the workspace's absolute path if it is safe to source.

    Without the path, the user's steps can't enter a `working_directory` with `~`.
    """
    export({"DTE_NX_RUNNER": find_runner()})
    if is_word(str(checkout)):
        export({"DTE_NX_ROOT": str(checkout)})


def start_run(words: List[str]) -> bool:
    """Start the run; return False if Nx Cloud refuses it and main runs without agents.

    Ends the process with the client's exit status after any other failure.
    """
    finished = run_with_client(call_nx_cloud(*words))
    refusal = find_refusal(finished)
    if finished.status and refusal:
        if goes_on_after(refusal):
            return False
        raise refusal
    if finished.status:
        sys.exit(finished.status)
    return True


def main() -> None:
    """Start the run, or decide that main runs all tasks itself."""
    start = read_choice("DTE_START", STARTS[0], STARTS)
    checkout = enter_checkout()
    root = find_root(checkout) or checkout
    config = find_config(root)
    if start == AUTO:
        start = "config" if config else "flags"
        say(f"`start: auto` chose `{start}`.")
    if start != "own":
        note_pipeline(root)
    plans = {"flags": plan_flags, "config": plan_config, "own": plan_own}
    words = plans[start]()
    require_nx(checkout)
    export_names()
    with_agents = goes_with_agents(checkout)
    hand_on_workspace(checkout)
    if not with_agents:
        say("notice: main starts no run and runs all tasks itself.")
        if not read_mode():
            set_mode(WITHOUT_AGENTS)
        return
    check_config(start, config, root)
    set_timeout("NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS", "DTE_MAIN_TIMEOUT", "30m")
    if read("DTE_WHEN_NOT_CONNECTED") == ALONE:
        # Nx Cloud may start the run, and refuse only the later `nx affected`.
        export({"DTE_WHEN_NOT_CONNECTED": ALONE})
    if start == "own":
        say("Nx Cloud is connected; your own steps start the run.")
    elif not start_run(words):
        set_mode(WITHOUT_AGENTS)
        return
    set_started(by_file=start == "config")
