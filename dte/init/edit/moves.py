"""Decides which command of the orb replaces a step, and with what arguments.

The result `None` means that the step does more than the orb's command, or that only a
shell can evaluate the step. `dte init` doesn't change such a step.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

from dte.check.nx_calls import START_AGENT, STARTS
from dte.init.edit.nx_calls import (
    DISTRIBUTE_ON,
    START_WORKERS,
    STOP_AFTER,
    STOP_AGENTS,
    NxCall,
    takes_own_agents,
)
from dte.init.edit.steps import Step

Arguments = dict[str, Any]
MOVED = {*STARTS, START_AGENT, STOP_AGENTS} - {START_WORKERS}
_COMMON = {"command", "name", "working_directory"}
_ORDINAL = re.compile(r"<<\s*parameters\.(\w+)\s*>>")
_INDEX = re.compile(r"\$\{?CIRCLE_NODE_INDEX\}?")
_NODE_NAME = "NX_AGENT_NAME"
_ALLOWED = {"allow-on-hold-workflow": "on_hold", "allow-not-run-workflow": "not_run"}


def find_only_call(step: Step) -> NxCall | None:
    """Return a step's only Nx call if the orb has a command for this call, or None."""
    calls = step.calls
    if len(calls) != 1 or not calls[0].is_alone or calls[0].name not in MOVED:
        return None
    return calls[0] if calls[0].words is not None else None


def plan_start_run(
    step: Step, call: NxCall, targets: tuple[str, ...], *, by_file: bool
) -> Arguments | None:
    """Return the arguments of `start_ci_run`.

    `by_file` is True if .nx/ci-config.yaml exists.
    """
    words = list(call.words or ())
    if step.keys - _COMMON or (by_file and words) or not takes_own_agents(call):
        return None
    arguments: Arguments = {"targets": ",".join(targets)} if targets else {}
    more = []
    while words:
        name, _, value = words.pop(0).partition("=")
        if name == "--require-explicit-completion" and not value:
            arguments["explicit_completion"] = True
            continue
        if not value and words and not words[0].startswith("-"):
            value = words.pop(0)
        match name:
            case _ if name in DISTRIBUTE_ON:
                pass
            case _ if name in STOP_AFTER:
                arguments["stop_agents_after"] = re.sub(r"[,\s]+", ",", value)
            case "--assignment-rules":
                arguments["assignment_rules"] = value
            case _:
                more.append(f"{name}={value}" if value else name)
    if more:
        arguments["start_arguments"] = shlex.join(more)
    return arguments | _of_folder(step)


def plan_start_agent(
    step: Step, call: NxCall, integers: set[str], *, is_single: bool
) -> Arguments | None:
    """Return the arguments of `start_agent`.

    `integers` are the names of the job's integer parameters. `is_single` is True if the
    workflows call the job once and without a matrix, so the agents need no ordinal.
    """
    if step.keys - _COMMON - {"no_output_timeout", "environment"}:
        return None
    given = _settings(step)
    variables = given.get("environment", {})
    if not isinstance(variables, dict) or set(variables) - {_NODE_NAME}:
        return None
    ordinal = _find_ordinal(str(variables.get(_NODE_NAME, "")), integers)
    if ordinal is None or not (ordinal or is_single):
        return None
    arguments: Arguments = {"ordinal": f"<< parameters.{ordinal} >>"} if ordinal else {}
    if "no_output_timeout" in given:
        arguments["no_output_timeout"] = given["no_output_timeout"]
    if call.words:
        arguments["agent_arguments"] = shlex.join(call.words)
    return arguments | _of_folder(step)


def _find_ordinal(name: str, integers: set[str]) -> str | None:
    """Return the parameter that numbers the agent; empty means CIRCLE_NODE_INDEX.

    Returns None for an agent's name that the orb can't produce.
    """
    if not name:
        return "ordinal" if "ordinal" in integers else ""
    if found := _ORDINAL.search(name):
        return found[1] if found[1] in integers else None
    return "" if _INDEX.search(name) else None


def plan_stop_agents(step: Step, call: NxCall) -> Arguments | None:
    """Return the arguments of `stop_agents`."""
    if step.keys - _COMMON - {"when", "no_output_timeout"} or call.words:
        return None
    when = _settings(step).get("when", "on_success")
    return ({} if when == "on_fail" else {"when": when}) | _of_folder(step)


def plan_set_shas(step: Step, branch: str) -> Arguments | None:
    """Return the arguments of `set_shas` for a step of nrwl/nx-orb.

    `branch` is the main branch if the step names no branch. The step has the parameters
    of nrwl/nx-orb 1.7. Returns None if dte's orb has no equivalent of a parameter.
    """
    given = _settings(step)
    known = {"main-branch-name", "error-on-no-successful-workflow", "workflow-name"}
    unknown = set(given) - known - set(_ALLOWED)
    if unknown or any("parameters." in str(v) for v in given.values()):
        return None
    arguments: Arguments = {}
    if (main := str(given.get("main-branch-name", branch))) != "main":
        arguments["main_branch"] = main
    if workflow := given.get("workflow-name"):
        arguments["workflow"] = workflow
    if _is_true(given.get("error-on-no-successful-workflow", "")):
        arguments["when_no_base"] = "error"
    return arguments | plan_statuses(given)


def plan_statuses(given: dict[str, Any]) -> Arguments:
    """Return `accept_statuses` for nrwl/nx-orb's parameters; empty for the default."""
    allowed = [
        status for name, status in _ALLOWED.items() if _is_true(given.get(name, ""))
    ]
    return {"accept_statuses": ",".join(["success", *allowed])} if allowed else {}


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _settings(step: Step) -> dict[str, Any]:
    value = step.settings.value if step.settings else None
    return value if isinstance(value, dict) else {}


def _of_folder(step: Step) -> Arguments:
    folder = _settings(step).get("working_directory")
    return {"working_directory": folder} if folder else {}
