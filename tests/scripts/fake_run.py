"""A whole run in one process: the scripts of main and its agents, with a fake Nx.

The fake behaves like Nx and Nx Cloud's clients (`docs/faults.md`). `nx affected`
ignores unknown targets, runs all tasks itself if Nx Cloud is not connected, and waits
for agents that may run its tasks. With a refused token, a command fails or only warns.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.provoked_messages import VARIABLE
from tests.scripts.modules import load_script
from tests.scripts.records import make_record

from attempts import AttemptRecord  # isort: skip
from failures import Refusal  # isort: skip
from streamed_run import Finished  # isort: skip

FIRST, SECOND = "first-run", "second-run"
PRINTS = ("--help", "-h", "--version", "--graph", "--print")
# What a client prints and whether its command fails, by the state of Nx Cloud.
REFUSALS = {
    "refuses the token": (b"Error when connecting to Nx Cloud. Code: 401", 1),
    "disabled": (b"organization has been disabled", 1),
    "disabled, with an old client": (b"Nx Cloud: Workspace Disabled", 0),
    "unreachable": (b"Error when connecting to Nx Cloud. Code: ECONNREFUSED", 1),
}
CONFIGS = {
    "": "",
    "manual": "dte:\n  distribute-on: manual\n",
    "hosted": "dte:\n  distribute-on: 3 linux-medium-js\n",
}
RAN, RAN_NONE = b"Successfully ran target lint for project a", b"No tasks were run"


@dataclass(frozen=True)
class Case:
    """The workspace, the state of Nx Cloud, and the parameters of main and agents."""

    projects: Mapping[str, set[str]]
    affected: set[str]
    targets: str = "lint,test"
    nx_arguments: str = ""
    start: str = "auto"
    config: str = ""
    own_steps_start: bool = True
    stop_agents_after: str = ""
    partial_rerun: str = "refuse"
    guard: str = "on"
    when_not_connected: str = "error"
    agents_when_not_connected: str = "error"
    connection: str = "token"
    agents: Sequence[str] = ("",)
    """The arguments of each agent: `--targets=lint`, or "" for all targets."""
    agents_back: int | None = None
    """The number of agents in a partial rerun; None means a full run."""
    record: str = "passes"
    task_fails: bool = False
    is_listed: bool = True
    """Whether Nx can list the workspace's projects and the affected projects."""


@dataclass
class FakeNx:
    """Nx and the client of Nx Cloud, in the jobs of one run."""

    case: Case
    env: dict[str, str]
    started: bool = False
    closed: bool = False
    agents: list[set[str]] = field(default_factory=list)
    ran: dict[str, str] = field(default_factory=dict)
    """For each task that ran, whether it ran in `main` or on the `agents`."""

    def due(self) -> set[str]:
        """Return the tasks for the targets in the affected projects."""
        return self._select(self.case.targets.replace(",", " ").split())

    def run(self, words: Sequence[str]) -> Finished:
        """Run `npx nx …` or `npx nx-cloud …`."""
        if words[1] == "nx":
            return self._affected(words[3:])
        if self._is_alone():
            return make_finished(b"Nx Cloud is not connected")
        text, status = REFUSALS.get(self.case.connection, (b"", 0))
        if status:
            return make_finished(text, status)
        if words[2] == "start-agent":
            limits = words[3].partition("=")[2] if len(words) > 3 else ""
            self.agents.append(set(filter(None, limits.split(","))))
        else:
            self.started = True
        return make_finished(text)

    def _is_alone(self) -> bool:
        off = self.env.get("NX_NO_CLOUD") == "true"
        return off or not self.env.get("NX_CLOUD_ACCESS_TOKEN")

    def _select(self, targets: Sequence[str]) -> set[str]:
        names = self.case.affected & set(self.case.projects)
        return {
            f"{name}:{target}"
            for name in names
            for target in targets
            if target in self.case.projects[name]
        }

    def _affected(self, words: Sequence[str]) -> Finished:
        own = list(words[: words.index("--")] if "--" in words else words)
        if any(word.split("=")[0] in PRINTS for word in own):
            return make_finished(b"shown")
        options = dict(word.split("=", 1) for word in own if "=" in word)
        tasks = self._select(options["--targets"].split(","))
        excluded = options.get("--exclude", "").split(",")
        kept = {
            task
            for task in tasks
            if "*" not in excluded and task.split(":")[0] not in excluded
        }
        if not kept:
            return make_finished(RAN_NONE)
        return self._run_tasks(kept, distributed="--no-agents" not in own)

    def _run_tasks(self, tasks: set[str], *, distributed: bool) -> Finished:
        if self._is_alone():
            return self._finish(tasks, "main")
        text, status = REFUSALS.get(self.case.connection, (b"", 0))
        if status:
            return make_finished(text, status)
        if text or not (distributed and self.started):
            return self._finish(tasks, "main", text)
        if self.closed:
            return make_finished(b"CI Execution Failed", 1)
        taken = {task for task in tasks if self._has_agent_for(task.split(":")[1])}
        finished = self._finish(taken, "agents")
        if taken != tasks:
            return make_finished(b"No new completed tasks after 1800 seconds", 1)
        return finished

    def _has_agent_for(self, target: str) -> bool:
        return any(not limits or target in limits for limits in self.agents)

    def _finish(self, tasks: set[str], place: str, text: bytes = b"") -> Finished:
        self.ran |= dict.fromkeys(tasks, place)
        lines = [text, *(f"> nx run {task}".encode() for task in sorted(tasks)), RAN]
        return make_finished(b"\n".join(lines), int(self.case.task_fails))


def make_finished(text: bytes, status: int = 0) -> Finished:
    """Return the result of a command that printed a short text."""
    return Finished(status, text, text)


class Scripts:
    """The scripts of main and the agents, as modules of this process."""

    def __init__(self) -> None:
        names = ("rerun_guard", "start_ci_run", "start_agent", "run_affected")
        self._modules: dict[str, ModuleType] = {
            name: load_script(name) for name in names
        }

    def play(self, case: Case, folder: Path) -> tuple[int, FakeNx]:
        """Run the agents, then main; return main's exit status and the fake Nx.

        `folder` contains an nx.json and can be reused.
        """
        write_config(folder, case.config)
        env = {"PATH": os.environ["PATH"], VARIABLE: os.environ[VARIABLE]}
        nx = FakeNx(case, {})
        back = len(case.agents) if case.agents_back is None else case.agents_back
        for number, limits in enumerate(case.agents[:back]):
            nx.env = {**env, **describe_agent(case, folder, number, limits)}
            self._run_job(nx, "rerun_guard", "start_agent")
        nx.env = {**env, **describe_main(case, folder)}
        status = self._run_job(nx, "rerun_guard", "start_ci_run")
        if status:
            return status, nx
        connected = case.connection == "token" and "DTE_MODE" not in nx.env
        if case.start == "own" and case.own_steps_start and case.connection == "token":
            nx.started = True
        if case.record == "fails, ignored" and connected:
            nx.closed = True
        return self._run_job(nx, "run_affected"), nx

    def _run_job(self, nx: FakeNx, *names: str) -> int:
        for name in names:
            status = self._run_step(nx, self._modules[name])
            if status:
                return status
        return 0

    def _run_step(self, nx: FakeNx, script: ModuleType) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(nx.env["DTE_CHECKOUT"])
            patch.setattr("os.environ", nx.env)
            patch.setattr("os.spawnlp", lambda *_: 127)
            for name, value in replacements(nx, script).items():
                patch.setattr(script, name, value)
            try:
                script.main()
            except SystemExit as ended:
                return int(str(ended.code or 0))
            except Refusal as refusal:
                return refusal.exit_code
        return 0


def replacements(nx: FakeNx, script: ModuleType) -> dict[str, Any]:
    """Return fakes for the script's functions that need Nx or attempt records."""

    def check_attempt() -> AttemptRecord:
        record = AttemptRecord(**make_record(workflow_id=FIRST, workspace_id=FIRST))
        if nx.case.agents_back is not None:
            raise script.refuse_partial_rerun(record, SECOND)
        return record

    found: dict[str, Any] = {
        "check_attempt": check_attempt,
        "remove_old_files": lambda: None,
        "require_nx": lambda _: None,
        "read_projects": lambda: nx.case.projects if nx.case.is_listed else None,
        "list_affected": lambda _base, _head: (
            sorted(nx.case.affected & set(nx.case.projects))
            if nx.case.is_listed
            else None
        ),
        "run_with_client": nx.run,
        "run_streamed": nx.run,
    }
    return {name: value for name, value in found.items() if hasattr(script, name)}


def write_config(folder: Path, config: str) -> None:
    """Write or remove .nx/ci-config.yaml."""
    file = folder / ".nx" / "ci-config.yaml"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    if config:
        file.write_text(CONFIGS[config])


def describe_job(case: Case, folder: Path) -> dict[str, str]:
    """Return the variables that main and agents both have."""
    return {
        "BASH_ENV": os.devnull,
        "CIRCLE_WORKFLOW_ID": FIRST if case.agents_back is None else SECOND,
        "DTE_CHECKOUT": str(folder),
        "DTE_PARTIAL_RERUN": case.partial_rerun,
        "DTE_RERUN_GUARD": case.guard,
        "NX_CLOUD_ACCESS_TOKEN": "" if case.connection == "no token" else "token",
        "NX_NO_CLOUD": "true" if case.connection == "off" else "",
    }


def describe_agent(
    case: Case, folder: Path, number: int, limits: str
) -> dict[str, str]:
    """Return the variables of an agent."""
    return {
        **describe_job(case, folder),
        "DTE_ROLE": "agent",
        "DTE_ORDINAL": str(number),
        "DTE_AGENT_ARGUMENTS": limits,
        "DTE_WHEN_NOT_CONNECTED": case.agents_when_not_connected,
    }


def describe_main(case: Case, folder: Path) -> dict[str, str]:
    """Return the variables of main."""
    return {
        **describe_job(case, folder),
        "DTE_ROLE": "main",
        "DTE_START": case.start,
        "DTE_STOP_AGENTS_AFTER": case.stop_agents_after,
        "DTE_TARGETS": case.targets,
        "DTE_NX_ARGUMENTS": case.nx_arguments,
        "DTE_WHEN_NOT_CONNECTED": case.when_not_connected,
        "NX_BASE": "a" * 40,
        "NX_HEAD": "b" * 40,
    }
