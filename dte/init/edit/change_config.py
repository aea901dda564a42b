"""Plans the new text of an existing config."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from dte.init.edit.edits import Editor
from dte.init.edit.lists import spread
from dte.init.edit.nx_calls import is_hosted
from dte.init.edit.orb_import import choose_alias, import_orb, remove_unused_nx_orb
from dte.init.edit.recipe import Recipe, find_recipe_jobs
from dte.init.edit.tree import Node
from dte.init.edit.workflow import (
    Note,
    add_jobs,
    choose_workflow,
    make_attempt,
    require_attempt,
)
from dte.init.edit.written_config import WrittenConfig
from dte.init.facts import Facts

BOM = "\ufeff"


class ChangedText(NamedTuple):
    """The text after the change, and what the user has to do by hand.

    A note is a line number of the old text and a sentence.
    """

    text: str
    notes: tuple[Note, ...]


def change_text(text: str, facts: Facts, reference: str) -> ChangedText:
    """Change the text of a valid config so that it uses the orb `reference`.

    If the config has its own agents, the orb's commands replace steps of its jobs.
    Other configs get the orb's jobs. A config that already calls the orb's jobs, or
    that starts Nx's hosted agents, doesn't change.
    """
    mark = BOM if text.startswith(BOM) else ""
    text = text.removeprefix(BOM)
    config = WrittenConfig(text)
    alias = choose_alias(config)
    if recipe := find_recipe_jobs(config):
        spread_text = _spread_lists(text, recipe)
        changed = _move_recipe(spread_text, facts, alias)
        changed = changed._replace(notes=_relocate(changed.notes, spread_text, text))
    elif notes := _find_hosted(config, text):
        changed = ChangedText(text, notes)
    elif _calls_orb(config, alias):
        changed = ChangedText(text, ())
    else:
        changed = _add_jobs(text, facts, alias)
    new = changed.text
    if new != text:
        new = remove_unused_nx_orb(import_orb(new, alias, reference))
    return ChangedText(mark + new, changed.notes)


def _move_recipe(text: str, facts: Facts, orb: str) -> ChangedText:
    config, editor = WrittenConfig(text), Editor(text)
    recipe = Recipe(config, editor, facts, orb)
    jobs = find_recipe_jobs(config)
    for job in jobs:
        recipe.guard(job)
        recipe.note_on_switch(job)
        recipe.move_steps("jobs", job)
    for command in _list_called(config, jobs):
        recipe.move_steps("commands", command)
    notes = [*recipe.notes]
    attempt = make_attempt(config, facts, orb)
    for workflow in config.workflows():
        if any(entry.job in jobs for entry in config.entries(workflow)):
            notes += require_attempt(config, editor, workflow, set(jobs), attempt)
            notes += _find_auto_reruns(config, editor, workflow)
    return ChangedText(editor.apply(), tuple(sorted(notes)))


def _add_jobs(text: str, facts: Facts, orb: str) -> ChangedText:
    old, config = text, WrittenConfig(text)
    workflow = choose_workflow(config)
    if workflow:
        text = _spread_lists(text, {}, workflow)
        config = WrittenConfig(text)
    editor = Editor(text)
    recipe = Recipe(config, editor, facts, orb)
    for section in ("jobs", "commands"):
        for name in config.names(section):
            recipe.move_shas(section, name)
    notes = [*recipe.notes, *add_jobs(config, editor, workflow, facts, orb)]
    for entry in config.entries(workflow):
        if config.runs_nx(entry.job):
            todo = (
                f"the job {entry.job} also runs Nx; if dte/main runs the same tasks, "
                "remove them here"
            )
            notes.append((editor.line_of(entry.node.start), todo))
    return ChangedText(editor.apply(), _relocate(tuple(sorted(notes)), text, old))


def _relocate(notes: tuple[Note, ...], text: str, old: str) -> tuple[Note, ...]:
    """Return the notes on lines of `text` with the line numbers of the `old` text.

    A line that only `text` has was spread from the first line that `old` has instead.
    """
    lines = SequenceMatcher(None, old.split("\n"), text.split("\n"), autojunk=False)
    numbers: dict[int, int] = {}
    for kind, start, _, first, last in lines.get_opcodes():
        for index in range(first, last):
            offset = index - first if kind == "equal" else 0
            numbers[index + 1] = start + offset + 1
    return tuple((numbers.get(line, line), sentence) for line, sentence in notes)


def _spread_lists(text: str, jobs: dict[str, set[str]], workflow: str = "") -> str:
    """Return the text with one item per line in each list that gets new items."""
    while True:
        config = WrittenConfig(text)
        owners: list[Node | None] = []
        for name in config.workflows():
            called = {entry.job for entry in config.entries(name)}
            if name == workflow or called & set(jobs):
                owners.append(config.part("workflows", name))
        owners += [config.part("jobs", job) for job in jobs]
        new = next(filter(None, (spread(text, owner) for owner in owners if owner)), "")
        if not new:
            return text
        text = new


def _list_called(config: WrittenConfig, jobs: dict[str, set[str]]) -> list[str]:
    """Return the config's commands that the jobs call."""
    names = {step.name for job in jobs for step in config.all_steps(job)}
    return [name for name in config.names("commands") if name in names]


def _calls_orb(config: WrittenConfig, orb: str) -> bool:
    entries = [e for name in config.workflows() for e in config.entries(name)]
    return any(entry.job.startswith(f"{orb}/") for entry in entries)


def _find_hosted(config: WrittenConfig, text: str) -> tuple[Note, ...]:
    """Return a note for each step that starts a run on Nx's hosted agents."""
    editor = Editor(text)
    return tuple(
        (
            editor.line_of(step.node.start),
            f"the job {job} starts Nx's hosted agents (--distribute-on); dte is for "
            "agents that run as CircleCI jobs, so dte init changes nothing",
        )
        for job in config.names("jobs")
        for step in config.all_steps(job)
        if any(is_hosted(call) for call in step.calls)
    )


def _find_auto_reruns(
    config: WrittenConfig, editor: Editor, workflow: str
) -> list[Note]:
    node = config.part("workflows", workflow, "max_auto_reruns")
    if node is None:
        return []
    todo = "remove max_auto_reruns: it reruns from failed, which the guard refuses"
    return [(editor.line_of(node.start), todo)]
