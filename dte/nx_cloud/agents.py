"""The agents of a run: which of them work, and which tasks each of them may run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dte.nx_cloud.commands import Command, Task
from dte.nx_cloud.rules import Rule, find_pools

IDLE_SECONDS = 3.0
"""An agent that has not asked for work for this long counts as gone."""


@dataclass
class Agent:
    """What a run knows about one agent."""

    name: str
    seen: float
    pool: str = ""
    targets: frozenset[str] = frozenset()
    """The targets of `start-agent --targets`; empty means all."""
    handed: int = 0
    assignment: tuple[Command, Task] | None = None
    gone: bool = False

    def may_run(self, task: Task, rules: Sequence[Rule]) -> bool:
        """Return whether the rules and the agent's own targets allow a task."""
        pools = find_pools(task, rules)
        in_pool = not pools or self.pool in pools
        return in_pool and (not self.targets or task.target in self.targets)


@dataclass
class Agents:
    """The agents of one run.

    Each agent's process chooses its own key, because agents on two machines may have
    the same name, which the real client allows.
    """

    _by_key: dict[str, Agent] = field(default_factory=dict)

    def join(self, key: str, agent: Agent) -> None:
        """Add an agent; an agent that joins again with the same key starts over."""
        self._by_key[key] = agent

    def find(self, key: str) -> Agent | None:
        """Return an agent by its key, or None."""
        return self._by_key.get(key)

    def present(self) -> list[Agent]:
        """List the agents that have not left."""
        return [agent for agent in self._by_key.values() if not agent.gone]

    def is_turn_of(self, agent: Agent, now: float, count: int) -> bool:
        """Return whether one of `count` tasks goes to this agent.

        Among idle agents that may run the same tasks, the agents that have received the
        fewest tasks come first.
        """
        rivals = [
            other
            for other in self.present()
            if (other.pool, other.targets) == (agent.pool, agent.targets)
            and not other.assignment
            and now - other.seen <= IDLE_SECONDS
        ]
        rivals.sort(key=lambda other: other.handed)
        return rivals.index(agent) < count

    def are_busy_with(self, command: Command) -> bool:
        """Return whether an agent still runs a task of a command."""
        return any(
            agent.assignment is not None and agent.assignment[0] is command
            for agent in self.present()
        )
