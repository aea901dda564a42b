"""Replaces the steps of a hand-written recipe with the orb's commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dte.check.distribution import OLD_SWITCH
from dte.check.nx_calls import START_AGENT, STARTS
from dte.init.edit.edits import Editor
from dte.init.edit.lists import insert_after, insert_first, remove_item, replace_item
from dte.init.edit.moves import (
    Arguments,
    find_only_call,
    plan_set_shas,
    plan_start_agent,
    plan_start_run,
    plan_stop_agents,
)
from dte.init.edit.nx_calls import (
    START_WORKERS,
    STOP_AFTER,
    NxCall,
    list_targets,
)
from dte.init.edit.orb_import import NX_ORB
from dte.init.edit.steps import Step
from dte.init.edit.tree import LIST, Node
from dte.init.edit.written_config import AGENT, MAIN, WrittenConfig
from dte.init.facts import Facts

_GUARD = "rerun_guard"


@dataclass
class Recipe:
    """Edits jobs and commands; ``notes`` lists what the user has to change by hand."""

    config: WrittenConfig
    editor: Editor
    facts: Facts
    orb: str
    notes: list[tuple[int, str]] = field(default_factory=list)

    def guard(self, job: str) -> None:
        """Make the guard the first step of a job that doesn't have a guard yet."""
        node = self.config.part("jobs", job)
        if any(s.name.endswith(f"/{_GUARD}") for s in self.config.all_steps(job)):
            return
        steps = node.get("steps") if node else None
        if node is None or steps is None or steps.kind != LIST or steps.flow:
            self._leave(node, f"put {self.orb}/{_GUARD} first in the job {job}")
            return
        is_agent = self.config.roles(job) == {AGENT}
        guard = f"{self.orb}/{_GUARD}"
        item: Any = {guard: {"role": "agent"}} if is_agent else guard
        insert_first(self.editor, node.key_of("steps"), steps, [item])

    def note_on_switch(self, job: str) -> None:
        """Add a note if a job starts its run only through an environment variable."""
        started = {call.name for call in self.config.calls(job)} & set(STARTS)
        steps = {step.name.partition("/")[2] for step in self.config.all_steps(job)}
        if MAIN in self.config.roles(job) and not started | steps & {"start_ci_run"}:
            todo = f"add {self.orb}/start_ci_run before nx affected, and remove "
            node = self.config.part("jobs", job, "environment", OLD_SWITCH)
            self._leave(node, todo + OLD_SWITCH)

    def move_steps(self, section: str, name: str) -> None:
        """Replace the steps of a job or a command for which the orb has commands."""
        steps = self.config.own_steps(section, name)
        for step in steps:
            self._move(step, section, name, steps)
        self.move_shas(section, name)

    def move_shas(self, section: str, name: str) -> None:
        """Replace nrwl/nx-orb's `set-shas` in a job or a command with `set_shas`."""
        for step in self.config.own_steps(section, name):
            if self._is_set_shas(step):
                planned = plan_set_shas(step, self.facts.main_branch.value)
                self._replace(step, "set_shas", planned)

    def _is_set_shas(self, step: Step) -> bool:
        nx_orb = self.config.find_orb(NX_ORB)
        return bool(nx_orb) and step.name == f"{nx_orb}/set-shas"

    def _move(self, step: Step, section: str, name: str, steps: list[Step]) -> None:
        call = find_only_call(step)
        if call is None:
            self._leave_calls(step)
        elif call.name in STARTS:
            self._move_start(step, call, steps, self._find_targets(section, name))
        elif call.name == START_AGENT:
            self._replace(
                step, "start_agent", self._plan_agent(step, call, section, name)
            )
        else:
            self._replace(step, "stop_agents", plan_stop_agents(step, call))

    def _find_targets(self, section: str, name: str) -> tuple[str, ...]:
        """Return the targets that the jobs with these steps run.

        The result is empty if the targets are unknown or differ between the jobs.
        """
        jobs = [
            job
            for job in self.config.names("jobs")
            if (section, name) == ("jobs", job)
            or any(step.name == name for step in self.config.all_steps(job))
        ]
        found = {list_targets(self.config.calls(job)) for job in jobs}
        return found.pop() if len(found) == 1 else ()

    def _move_start(
        self, step: Step, call: NxCall, steps: list[Step], targets: tuple[str, ...]
    ) -> None:
        """Move the start of the run after the install: the orb uses the installed Nx.

        Nx Cloud stops the agents after the targets that are named at the start of the
        run. Tasks of other targets would wait for agents, so the start must name every
        target.
        """
        by_file = bool(self.facts.distribute_on.source)
        if not (by_file or targets or call.flag(*STOP_AFTER)):
            todo = f"replace this step with {self.orb}/start_ci_run, with all targets"
            self._leave(step.node, f"{todo} that the job runs in `targets`")
            return
        planned = plan_start_run(step, call, targets, by_file=by_file)
        same = [other for other in steps if other.owner is step.owner]
        installs = [other for other in same if other.installs]
        if any(other.index < step.index for other in installs):
            self._replace(step, "start_ci_run", planned)
        elif installs and planned is not None and self._is_editable(step):
            value = _write(f"{self.orb}/start_ci_run", planned)
            remove_item(self.editor, step.node)
            insert_after(self.editor, installs[0].node, [value])
        else:
            self._replace(step, "start_ci_run", None)

    def _plan_agent(
        self, step: Step, call: NxCall, section: str, name: str
    ) -> Arguments | None:
        declared = self.config.part(section, name, "parameters")
        given = declared.value if declared is not None else {}
        integers = {p for p, d in given.items() if d.get("type") == "integer"}
        is_single = section == "jobs" and self._is_called_once(name)
        if self.config.part(section, name, "environment", "NX_AGENT_NAME") is not None:
            return None
        return plan_start_agent(step, call, integers, is_single=is_single)

    def _is_called_once(self, job: str) -> bool:
        calls = [
            entry
            for workflow in self.config.workflows()
            for entry in self.config.entries(workflow)
            if entry.job == job
        ]
        return all("matrix" not in entry.values for entry in calls) and len(calls) == 1

    def _replace(self, step: Step, command: str, planned: Arguments | None) -> None:
        if planned is None or not self._is_editable(step):
            self._leave(step.node, f"replace this step with {self.orb}/{command}")
            return
        replace_item(self.editor, step.node, _write(f"{self.orb}/{command}", planned))

    def _is_editable(self, step: Step) -> bool:
        in_block = not step.owner.flow and not step.is_shared
        return in_block and not self.editor.has_comment(step.node)

    def _leave_calls(self, step: Step) -> None:
        commands = {
            **dict.fromkeys(STARTS, "start_ci_run"),
            START_AGENT: "start_agent",
        }
        for call in step.calls:
            if call.name == START_WORKERS:
                todo = f"put {self.orb}/start_ci_run with `start: own` before this step"
                self._leave(step.node, todo)
            elif call.name in commands:
                todo = f"move {call.name} to {self.orb}/{commands[call.name]}"
                self._leave(step.node, f"{todo}, in a step of its own")

    def _leave(self, node: Node | None, todo: str) -> None:
        self.notes.append((self.editor.line_of(node.start) if node else 1, todo))


def _write(name: str, arguments: Arguments) -> Any:
    return {name: arguments} if arguments else name


def find_recipe_jobs(config: WrittenConfig) -> dict[str, set[str]]:
    """Return the roles of all mains and agents; empty if the config lacks either."""
    roles = {job: config.roles(job) for job in config.names("jobs")}
    found = {job: role for job, role in roles.items() if role}
    if not any(AGENT in role for role in found.values()):
        return {}
    return found if any(MAIN in role for role in found.values()) else {}
