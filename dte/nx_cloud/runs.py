"""A CI pipeline execution: main's commands, the agents, and when the agents end.

Pure: the caller passes the time to every method that needs it. The server holds a lock
around each call. What Nx Cloud does is taken from Nx's pages "nx-cloud CLI" and "CI
Execution Failed".
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dte.nx_cloud.commands import Command, ProtocolError, Result, Task
from dte.nx_cloud.rules import Rule, find_pools

IDLE_SECONDS = 3.0
"""An agent that has not asked for work for this long counts as gone."""


@dataclass
class Agent:
    """What a run knows about one agent."""

    name: str
    seen: float
    pool: str = ""
    handed: int = 0
    assignment: tuple[Command, Task] | None = None
    gone: bool = False


@dataclass(frozen=True)
class Answer:
    """What an agent that asks for work gets: a task, the end of the run, or neither."""

    task: Task | None = None
    end: str = ""


class DuplicateAgent(Exception):
    """Two agents of a run have the same name."""


class Run:
    """One CI pipeline execution."""

    def __init__(self, run_id: str, *, heartbeat_seconds: float) -> None:
        """Start without tasks: an agent may connect before main."""
        self.id = run_id
        self.commands: list[Command] = []
        self.end = ""
        """Why agents are to end; empty while they are needed."""
        self.failure = ""
        """Why main can't go on; empty while it can."""
        self._heartbeat_seconds = heartbeat_seconds
        self._last_ping: float | None = None
        self._stop_after: frozenset[str] = frozenset()
        self._covered: set[str] = set()
        self._rules: tuple[Rule, ...] = ()
        self._agents: dict[str, Agent] = {}

    def start(
        self,
        now: float,
        *,
        stop_after: Collection[str],
        explicit: bool,
        rules: Sequence[Rule] = (),
    ) -> None:
        """Start the run with the settings of `start-ci-run`.

        With `explicit` there is no heartbeat: if main is lost, only `stop` ends the
        agents.
        """
        self._stop_after = frozenset(stop_after)
        self._rules = tuple(rules)
        self._last_ping = None if explicit else now

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
                "main's heartbeat has not been heard for "
                f"{self._heartbeat_seconds:g} seconds"
            )

    def stop(self) -> None:
        """End the agents, as `stop-all-agents` does; later agents end too."""
        self.end = self.end or "all agents were stopped"

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
        self._cover(command)
        return len(self.commands) - 1

    def command(self, number: int) -> Command:
        """Return a command by its number."""
        if not 0 <= number < len(self.commands):
            raise ProtocolError(f"no command {number} in run {self.id}")
        return self.commands[number]

    def join(self, name: str, now: float, *, pool: str = "") -> None:
        """Add an agent; it gets no task that the rules assign to other pools."""
        if name in self._agents and not self._agents[name].gone:
            raise DuplicateAgent(name)
        self._agents[name] = Agent(name, seen=now, pool=pool)

    def ask(self, name: str, now: float) -> Answer:
        """Answer an idle agent: a task, the end of the run, or nothing yet.

        An agent that has a task already gets the same one again: the answer
        was lost.
        """
        agent = self._agent(name)
        agent.seen = now
        if agent.assignment:
            return Answer(task=agent.assignment[1])
        if self.end:
            return Answer(end=self.end)
        ready = self._ready(agent.pool)
        if self._idle(now, agent.pool).index(agent) >= len(ready):
            return Answer()
        command, task = ready[0]
        command.hand_out(task.id)
        agent.assignment = command, task
        agent.handed += 1
        return Answer(task=task)

    def _ready(self, pool: str) -> list[tuple[Command, Task]]:
        """List the ready tasks that an agent of a pool may run."""
        ready = []
        for command in self.commands:
            for task in command.ready():
                pools = find_pools(task.id, self._rules)
                if not pools or pool in pools:
                    ready.append((command, task))
        return ready

    def _idle(self, now: float, pool: str) -> list[Agent]:
        """List a pool's waiting agents, the one with the fewest tasks first."""
        idle = [
            agent
            for agent in self._agents.values()
            if not agent.gone
            and agent.pool == pool
            and not agent.assignment
            and now - agent.seen <= IDLE_SECONDS
        ]
        return sorted(idle, key=lambda agent: agent.handed)

    def report(self, name: str, result: Result) -> None:
        """Store the result of an agent's task."""
        agent = self._agent(name)
        if not agent.assignment or agent.assignment[1].id != result.task:
            raise ProtocolError(f"{name} was not given {result.task}")
        command, _ = agent.assignment
        command.finish(result)
        agent.assignment = None
        self._cover(command)

    def leave(self, name: str, *, killed_by: str = "") -> None:
        """Note that an agent ends; an agent ended by a signal fails the whole run."""
        agent = self._agent(name)
        agent.gone = True
        if killed_by and not self.end:
            self.failure = f"agent {name} was ended by {killed_by}"
            self.end = self.failure

    def _cover(self, command: Command) -> None:
        if not command.done:
            return
        self._covered |= command.targets
        if self._stop_after and self._stop_after <= self._covered and not self.end:
            self.end = "every target of --stop-agents-after has run"

    def _agent(self, name: str) -> Agent:
        if name not in self._agents:
            raise ProtocolError(f"no agent {name!r} in run {self.id}")
        return self._agents[name]


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
        """Return a run, creating it on first use."""
        if run_id not in self._runs:
            self._runs[run_id] = Run(run_id, heartbeat_seconds=self._heartbeat_seconds)
            while len(self._runs) > self._limit:
                self._runs.popitem(last=False)
        return self._runs[run_id]
