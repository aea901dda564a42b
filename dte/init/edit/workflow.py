"""Adds the orb's jobs to a workflow, or makes its jobs require the attempt job."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dte.init.edit.attempt_filters import plan_filters
from dte.init.edit.edits import Editor
from dte.init.edit.lists import insert_after, insert_first
from dte.init.edit.moves import plan_statuses
from dte.init.edit.nx_calls import AFFECTED
from dte.init.edit.orb_import import NX_ORB
from dte.init.edit.tree import LIST, MAP, SCALAR, Node
from dte.init.edit.written_config import Entry, WrittenConfig
from dte.init.facts import Fact, Facts
from dte.init.job_entries import plan_attempt, plan_jobs
from dte.init.yaml_text import write_value

Note = tuple[int, str]


def require_attempt(
    config: WrittenConfig, editor: Editor, workflow: str, jobs: set[str], attempt: Any
) -> list[Note]:
    """Add the attempt job to a workflow, and make the entries of `jobs` require it."""
    (name,) = attempt
    entries = config.entries(workflow)
    recipe = [entry for entry in entries if entry.job in jobs]
    has_attempt = name in {entry.job for entry in entries}
    node = config.part("workflows", workflow)
    listed = config.part("workflows", workflow, "jobs")
    todo = f"add {name} to the workflow {workflow}, and require it in its jobs"
    if node is not None and listed is not None and listed.flow:
        # A list in brackets has no room for the lines of a requirement.
        done = has_attempt and all(_requires(entry, name) for entry in recipe)
        return [] if done else [(editor.line_of(node.start), todo)]
    notes = [note for entry in recipe for note in _require(editor, entry, name)]
    if node is None or has_attempt:
        return notes
    attempt = {name: {**attempt[name], **plan_filters(entries, recipe)}}
    if listed is None or node.get("jobs") is not listed:
        return [*notes, (editor.line_of(node.start), todo)]
    insert_first(editor, node.key_of("jobs"), listed, [attempt])
    return notes


def _requires(entry: Entry, name: str) -> bool:
    return name in (entry.values.get("requires") or [])


def _require(editor: Editor, entry: Entry, name: str) -> list[Note]:
    """Add `name` to the `requires` of an entry."""
    if _requires(entry, name):
        return []
    line = f"requires: [{name}]"
    node, arguments = entry.node, entry.arguments
    if node.kind == SCALAR:
        editor.replace(node.end, node.end, ":")
        editor.insert_lines(node.end, [line], editor.column_of(node.start) + 2)
    elif node.kind == MAP and not node.flow and arguments is not None:
        required = arguments.get("requires")
        if arguments.kind != MAP or ("<<" in _keys(arguments) and required is None):
            return [(editor.line_of(node.start), f"add {name} to `requires`")]
        if required is not None:
            return _add_to_list(editor, arguments, required, name)
        if arguments.flow:
            comma = ", " if arguments.pairs else ""
            editor.replace(arguments.end - 1, arguments.end - 1, f"{comma}{line}")
        else:
            column = editor.column_of(arguments.pairs[0][0].start)
            editor.insert_lines(arguments.end, [line], column)
    else:
        return [(editor.line_of(node.start), f"add {name} to `requires`")]
    return []


def _add_to_list(editor: Editor, owner: Node, required: Node, name: str) -> list[Note]:
    if required.kind != LIST:
        return [(editor.line_of(required.start), f"add {name} to `requires`")]
    if required.flow:
        comma = ", " if required.items else ""
        editor.replace(required.start + 1, required.start + 1, f"{name}{comma}")
    else:
        insert_first(editor, owner.key_of("requires"), required, [name])
    return []


def _keys(node: Node) -> set[str]:
    return {key.text for key, _ in node.pairs}


def add_jobs(
    config: WrittenConfig, editor: Editor, workflow: str, facts: Facts, orb: str
) -> list[Note]:
    """Add the orb's three jobs at the end of a workflow."""
    if not workflow:
        return _add_workflow(config, editor, facts, orb)
    listed = config.part("workflows", workflow, "jobs")
    if listed is None or listed.kind != LIST or listed.flow or not listed.items:
        node = config.part("workflows", workflow) or config.tree
        todo = f"add the jobs of the orb to the workflow {workflow}"
        return [(editor.line_of(node.start), todo)]
    insert_after(editor, listed.items[-1], plan_jobs(facts, orb, inline=True))
    return []


def _add_workflow(
    config: WrittenConfig, editor: Editor, facts: Facts, orb: str
) -> list[Note]:
    """Add a workflow with the orb's three jobs.

    If the config has no workflow, the new workflow also runs the job `build`, which
    CircleCI ran until now. Source: Configuration reference, "jobs".
    """
    jobs = plan_jobs(facts, orb, inline=True)
    workflows = config.part("workflows")
    taken = config.workflows()
    name = next(n for n in ("nx", "nx-dte", "nx-agents") if n not in taken)
    if workflows is None:
        alone = ["build"] if "build" in config.names("jobs") else []
        lines = write_value({"workflows": {name: {"jobs": [*alone, *jobs]}}})
        editor.insert_lines(len(editor.text) - 1, lines, 0)
    elif workflows.kind == MAP and workflows.pairs and not workflows.flow:
        column = editor.column_of(workflows.pairs[0][0].start)
        editor.insert_lines(workflows.end, write_value({name: {"jobs": jobs}}), column)
    else:
        line = editor.line_of(workflows.start)
        return [(line, "add a workflow with the jobs of the orb")]
    return []


def choose_workflow(config: WrittenConfig) -> str:
    """Return the workflow that runs `nx affected` most often; empty if none runs Nx.

    Workflows without a schedule or a condition take precedence.
    """
    found = [
        name
        for name in config.workflows()
        if any(config.runs_nx(entry.job) for entry in config.entries(name))
    ]

    def rank(name: str) -> tuple[bool, int]:
        jobs = {entry.job for entry in config.entries(name)}
        names = [call.name for job in jobs for call in config.calls(job)]
        return _is_special(config, name), -names.count(AFFECTED)

    return min(found, key=rank, default="")


def _is_special(config: WrittenConfig, workflow: str) -> bool:
    """Return whether a workflow has a schedule or a condition."""
    return bool(
        {"triggers", "when", "unless"} & set(config.names("workflows", workflow))
    )


def make_attempt(config: WrittenConfig, facts: Facts, orb: str) -> dict[str, Any]:
    """Make the attempt job's entry, with the search settings of an nrwl/nx-orb step.

    The attempt job must search the same branch and workflow as `set_shas`, and accept
    the same statuses.
    """
    given = _find_shas(config)
    branch, workflow = (
        str(given.get(name, "")) for name in ("main-branch-name", "workflow-name")
    )
    if re.fullmatch(r"[\w./-]+", branch):
        facts = replace(facts, main_branch=Fact(branch))
    more = {"workflow": workflow} if workflow and "<" not in workflow else {}
    return plan_attempt(facts, orb, **more, **plan_statuses(given))


def _find_shas(config: WrittenConfig) -> dict[str, Any]:
    """Return the parameters of the first step `set-shas` that has parameters."""
    nx_orb = config.find_orb(NX_ORB)
    for section in ("jobs", "commands"):
        for name in config.names(section):
            for step in config.own_steps(section, name):
                given = step.settings.value if step.settings else None
                if step.name == f"{nx_orb}/set-shas" and isinstance(given, dict):
                    return given
    return {}
