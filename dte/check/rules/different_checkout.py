"""Main and an agent work on different commits or different files.

Nx Cloud fails a run whose agents have a different commit or project graph than main,
for example when only main merges the main branch into the checkout. Source: Nx Cloud
release notes 2025.01.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.model import Where

CODE = "dte-check-different-checkout"
_MOVES = ("cherry-pick", "merge", "pull", "rebase", "revert")
Move = tuple[str, Where]


def find(facts: Facts) -> Iterator[Finding]:
    """Find the commands that change the commit of only main or only an agent."""
    for flow in facts.workflows:
        for agent in flow.agents:
            if not flow.mains or not all(differ(main, agent) for main in flow.mains):
                continue
            main = flow.mains[0]
            job, other, (text, where) = next(differences(main, agent))
            runs = f"only {job.title} runs {text}"
            if text in [own for own, _ in moves_of(other)]:
                runs = (
                    f"{job.title} runs {text} more often or in another order than "
                    f"{other.title}"
                )
            yield finding(
                CODE,
                where,
                f"{runs}, so main and its agents have different commits",
                "run it on main and on the agents, at the same commit",
                "or remove it",
            )


def differ(main: CheckedJob, agent: CheckedJob) -> bool:
    """Return whether the two jobs change their commits with different commands."""
    if main.has_unknown_steps or agent.has_unknown_steps:
        return False
    return any(differences(main, agent))


def differences(
    main: CheckedJob, agent: CheckedJob
) -> Iterator[tuple[CheckedJob, CheckedJob, Move]]:
    """Yield each difference: a job, the other job, and the first job's git command."""
    for ours, theirs in zip_longest(moves_of(main), moves_of(agent)):
        if ours and (theirs is None or ours[0] != theirs[0]):
            yield main, agent, ours
        elif theirs and ours is None:
            yield agent, main, theirs


def moves_of(job: CheckedJob) -> list[Move]:
    """Return the git commands of a job that change the commit that is checked out."""
    found = []
    for step in job.steps:
        for command, where in step.commands:
            words = [word for word in command.words if not word.startswith("-")]
            if words[:1] == ["git"] and words[1:2] and words[1] in _MOVES:
                found.append((" ".join(command.words), where))
    return found
