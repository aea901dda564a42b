"""Main and an agent work on different commits or different files.

Nx Cloud fails a run whose agents have another commit or project graph than main, for
example when only main merges the main branch into the checkout. Source: Nx Cloud
release notes 2025.01.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.model import Where

CODE = "dte-check-different-checkout"
_MOVES = ("cherry-pick", "merge", "pull", "rebase", "revert")


def find(facts: Facts) -> Iterator[Finding]:
    """Yield the commands that change the commit of only main or only an agent."""
    for flow in facts.workflows:
        for agent in flow.agents:
            if not flow.mains or not all(differ(main, agent) for main in flow.mains):
                continue
            main = flow.mains[0]
            ours, theirs = moves_of(main), moves_of(agent)
            text, where = next(
                item for item in (*ours, *theirs) if (item in ours) != (item in theirs)
            )
            side = main if (text, where) in ours else agent
            yield finding(
                CODE,
                where,
                f"only {side.title} runs {text}, so main and its agents have different "
                "commits",
                "run it on main and on the agents, at the same commit",
                "or remove it",
            )


def differ(main: CheckedJob, agent: CheckedJob) -> bool:
    """Return whether the two jobs change their commits with different commands."""
    if main.has_unknown_steps or agent.has_unknown_steps:
        return False
    return [text for text, _ in moves_of(main)] != [text for text, _ in moves_of(agent)]


def moves_of(job: CheckedJob) -> list[tuple[str, Where]]:
    """Return the git commands of a job that change the commit that is checked out."""
    found = []
    for step in job.steps:
        for command, where in step.commands:
            words = [word for word in command.words if not word.startswith("-")]
            if words[:1] == ["git"] and words[1:2] and words[1] in _MOVES:
                found.append((" ".join(command.words), where))
    return found
