"""A CI pipeline execution: main's commands, the agents, and when the agents end.

The code is pure: the caller passes the time to every method that needs it. The server
holds a lock around each call. The behavior of Nx Cloud is taken from Nx's pages
"nx-cloud CLI", "CI Configuration File" and "CI Execution Failed", and from its last
public full client. `docs/faults.md` lists what is unknown about Nx Cloud.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from dte.nx_cloud.agents import Agent, Agents
from dte.nx_cloud.commands import Command, ProtocolError, Result, State, Task
from dte.nx_cloud.rules import find_pools
from dte.nx_cloud.run_settings import DEFAULT_SETTINGS, RunSettings


@dataclass(frozen=True)
class Answer:
    """The answer to an agent's poll: a task, the run's end, or neither."""

    task: Task | None = None
    end: str = ""
    error: str = ""


class Run:
    """One CI pipeline execution."""

    def __init__(self, run_id: str, *, heartbeat_seconds: float) -> None:
        """Create a run without tasks, because an agent may connect before main."""
        self.id = run_id
        self.commands: list[Command] = []
        self.end = ""
        """Why the agents must end; empty while they are needed."""
        self.error = ""
        """The error that ended the run; if it is set, the agents fail."""
        self._heartbeat_seconds = heartbeat_seconds
        self._last_ping: float | None = None
        self._settings: RunSettings | None = None
        self._covered: set[str] = set()
        self._failures = 0
        self._agents = Agents()

    @property
    def settings(self) -> RunSettings:
        """The settings that main's first command sent, or Nx's defaults."""
        return self._settings or DEFAULT_SETTINGS

    def fix_settings(self, settings: RunSettings) -> bool:
        """Use the first command's settings; return whether `settings` are in use."""
        if self._settings is not None:
            return self._settings == settings
        self._settings = settings
        return True

    def start(self, now: float) -> None:
        """Expect main's heartbeat from now on, unless the settings turn it off."""
        self._last_ping = now if self.settings.heartbeat else None

    def ping(self, now: float) -> None:
        """Note that main's job is alive."""
        if self._last_ping is not None:
            self._last_ping = now

    def watch(self, now: float) -> None:
        """End the run if main's heartbeat has stopped for too long."""
        lost = (
            self._last_ping is not None
            and now - self._last_ping > self._heartbeat_seconds
        )
        if lost and not self.end:
            self.end = (
                "there was no heartbeat of main for "
                f"{self._heartbeat_seconds:g} seconds"
            )

    def complete(self, error: str = "") -> None:
        """End the run for current and later agents; with an error, they fail."""
        if not self.end:
            self.end = error or "all agents were stopped"
            self.error = error

    def add_command(
        self,
        tasks: Collection[Task],
        targets: Collection[str],
        *,
        cached: Callable[[str], bool],
    ) -> int:
        """Add a task graph from main; returns the command's number."""
        hashes = {task.hash for task in tasks if task.hash and cached(task.hash)}
        command = Command(tasks, targets, cached=hashes)
        self.commands.append(command)
        self._end_after(command)
        return len(self.commands) - 1

    def command(self, number: int) -> Command:
        """Return a command by its number."""
        if not 0 <= number < len(self.commands):
            raise ProtocolError(f"no command {number} in run {self.id}")
        return self.commands[number]

    def closed_for(self, command: Command) -> str:
        """Return why no agent will run the unfinished tasks of a command, or ""."""
        if command.done or self._agents.are_busy_with(command):
            return ""
        return self.end

    def join(
        self,
        name: str,
        now: float,
        *,
        key: str = "",
        pool: str = "",
        targets: Collection[str] = (),
    ) -> None:
        """Add an agent; `key` distinguishes it from another agent of the same name."""
        agent = Agent(name, seen=now, pool=pool, targets=frozenset(targets))
        self._agents.join(key or name, agent)

    def ask(self, key: str, now: float) -> Answer:
        """Answer an idle agent: a task, the end of the run, or nothing yet.

        An agent that already has a task gets the same task again, because the earlier
        answer was lost.
        """
        agent = self._agent(key)
        agent.seen = now
        if agent.assignment:
            return Answer(task=agent.assignment[1])
        if self.end:
            return Answer(end=self.end, error=self.error)
        ready = self._ready_for(agent)
        if not self._agents.is_turn_of(agent, now, len(ready)):
            return Answer()
        command, task = ready[0]
        command.hand_out(task.id)
        agent.assignment = command, task
        agent.handed += 1
        return Answer(task=task)

    def _ready_for(self, agent: Agent) -> list[tuple[Command, Task]]:
        return [
            (command, task)
            for command in self.commands
            for task in command.ready()
            if agent.may_run(task, self.settings.rules)
        ]

    def stuck(self, command: Command) -> list[tuple[Task, tuple[str, ...]]]:
        """List ready tasks that no connected agent may run, with the pools that may.

        The list is empty while no agent is connected.
        """
        agents, rules = self._agents.present(), self.settings.rules
        return [
            (task, find_pools(task, rules))
            for task in command.ready()
            if agents and not any(agent.may_run(task, rules) for agent in agents)
        ]

    def report(self, key: str, result: Result) -> None:
        """Store the result of an agent's task."""
        agent = self._agent(key)
        if not agent.assignment or agent.assignment[1].id != result.task:
            raise ProtocolError(f"{agent.name} was not given {result.task}")
        command, _ = agent.assignment
        command.finish(result)
        agent.assignment = None
        self._failures += result.state is State.FAILED
        self._end_after(command)

    def leave(self, key: str, *, error: str = "") -> None:
        """Note that an agent ends; an error ends the whole run."""
        self._agent(key).gone = True
        if error:
            self.complete(error)

    def _end_after(self, command: Command) -> None:
        """End the run if `command` is done, and the run is complete or failed.

        It is complete after all targets in `stop_after`, and failed after `fail_after`
        failed tasks.
        """
        if not command.done or self.end:
            return
        self._covered |= command.targets
        last = self.settings.stop_after
        if last and last <= self._covered:
            self.end = "every target of --stop-agents-after has run"
        limit = self.settings.fail_after
        if limit and self._failures >= limit:
            self.end = f"a command failed, and fail-after is {limit}"

    def _agent(self, key: str) -> Agent:
        agent = self._agents.find(key)
        if agent is None:
            raise ProtocolError(f"no agent {key!r} in run {self.id}")
        return agent


class Runs:
    """The latest runs, by id; the oldest is removed when there are too many."""

    def __init__(self, *, heartbeat_seconds: float, limit: int = 100) -> None:
        """Keep at most `limit` runs."""
        self._heartbeat_seconds = heartbeat_seconds
        self._limit = limit
        self._runs: OrderedDict[str, Run] = OrderedDict()

    def __len__(self) -> int:
        return len(self._runs)

    def get(self, run_id: str) -> Run:
        """Return a run, and create it on first use."""
        if run_id not in self._runs:
            self._runs[run_id] = Run(run_id, heartbeat_seconds=self._heartbeat_seconds)
            while len(self._runs) > self._limit:
                self._runs.popitem(last=False)
        return self._runs[run_id]
