"""Reads an existing config: its orbs, jobs and workflows, and which jobs run Nx."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from dte.check.distribution import OLD_SWITCH
from dte.check.nx_calls import START_AGENT
from dte.init.edit.nx_calls import NxCall, runs_tasks, takes_own_agents
from dte.init.edit.steps import Step, list_steps
from dte.init.edit.tree import ALIAS, LIST, MAP, SCALAR, Node, read_tree

AGENT, MAIN = "agent", "main"


class Entry(NamedTuple):
    """A job in a workflow: the item of the list, the job's name, and its arguments."""

    node: Node
    job: str
    arguments: Node | None

    @property
    def values(self) -> dict[str, Any]:
        """The arguments as plain data."""
        value = self.arguments.value if self.arguments else None
        return value if isinstance(value, dict) else {}


class WrittenConfig:
    """A config as the user wrote it."""

    def __init__(self, text: str) -> None:
        self.tree = read_tree(text)

    def part(self, *keys: str) -> Node | None:
        """Return the value under these keys, following aliases."""
        node: Node | None = self.tree
        for key in keys:
            node = node.get(key) if node is not None and node.kind == MAP else None
            node = node.target if node is not None and node.kind == ALIAS else node
        return node

    def names(self, *keys: str) -> list[str]:
        """Return the keys of the mapping under these keys."""
        node = self.part(*keys)
        return [key.text for key, _ in node.pairs] if node is not None else []

    @cached_property
    def orbs(self) -> dict[str, str]:
        """The imported orbs by their local names; an inline orb has an empty string."""
        node = self.part("orbs")
        value = node.value if node is not None else None
        found = value if isinstance(value, dict) else {}
        return {n: v if isinstance(v, str) else "" for n, v in found.items()}

    def find_orb(self, name: str) -> str:
        """Return the local name of an orb, or empty; `dte` may be in any namespace."""
        for alias, reference in self.orbs.items():
            orb = reference.partition("@")[0]
            if orb == name or (name == "dte" and orb.partition("/")[2] == name):
                return alias
        return ""

    def workflows(self) -> list[str]:
        """Return the names of the workflows."""
        return [name for name in self.names("workflows") if name != "version"]

    def entries(self, workflow: str) -> list[Entry]:
        """Return the jobs of a workflow, in order."""
        return list(_list_entries(self.part("workflows", workflow, "jobs")))

    def own_steps(self, section: str, name: str) -> list[Step]:
        """Return the steps that are written in a job or a command."""
        node = self.part(section, name)
        found = node.get("steps") if node is not None and node.kind == MAP else None
        return list(list_steps(found))

    def all_steps(self, job: str) -> Iterator[Step]:
        """Return the steps of a job and of the config's commands that it calls."""
        seen: set[str] = set()
        steps = self.own_steps("jobs", job)
        commands = set(self.names("commands"))
        while steps:
            yield from steps
            called = [s.name for s in steps if s.name in commands - seen]
            seen.update(called)
            steps = [s for name in called for s in self.own_steps("commands", name)]

    def calls(self, job: str) -> list[NxCall]:
        """Return the Nx calls in a job and in the commands that it calls."""
        return [call for step in self.all_steps(job) for call in step.calls]

    def roles(self, job: str) -> set[str]:
        """Return the job's roles in a run with its own agents: main, agent or both."""
        calls = self.calls(job)
        steps = {step.name.partition("/")[2] for step in self.all_steps(job)}
        starts = "start_ci_run" in steps or any(map(takes_own_agents, calls))
        found = {MAIN} if starts else set()
        if START_AGENT in {call.name for call in calls} or "start_agent" in steps:
            return found | {AGENT}
        switch = self.part("jobs", job, "environment", OLD_SWITCH)
        if switch is not None and switch.text.lower() == "true":
            found.add(MAIN)
        return found

    def runs_nx(self, job: str) -> bool:
        """Return whether the job runs tasks of projects."""
        return any(runs_tasks(call) for call in self.calls(job))


def _list_entries(jobs: Node | None) -> Iterator[Entry]:
    for item in jobs.items if jobs is not None and jobs.kind == LIST else ():
        node = item.target if item.kind == ALIAS and item.target else item
        if node.kind == SCALAR:
            yield Entry(item, node.text, None)
        elif node.kind == MAP and node.pairs:
            key, arguments = node.pairs[0]
            yield Entry(item, key.text, arguments)
