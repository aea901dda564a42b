"""Read the targets of a run from a parameter, and check them against the projects."""

import re
from difflib import get_close_matches
from typing import Dict, List, Set

from failures import Refusal, say
from settings import read

# The targets of each project, by the name of the project.
Projects = Dict[str, Set[str]]


def read_targets(name: str) -> List[str]:
    """Return the targets in the variable, each once; commas or spaces separate them."""
    return list(dict.fromkeys(word for word in re.split(r"[,\s]+", read(name)) if word))


def check_targets(targets: List[str], projects: Projects) -> None:
    """Warn of targets that no project has; raises `Refusal` if that is all of them.

    `nx affected` ignores these targets, and passes even if no task is left.
    """
    known = sorted({target for names in projects.values() for target in names})
    unknown = [target for target in targets if target not in known]
    if len(unknown) == len(targets):
        raise Refusal(
            "no project has any of the targets: {}".format(", ".join(targets)),
            details=[
                "The projects have these targets: " + (", ".join(known) or "none")
            ],
            suggestions=[
                *(hint for hint in (suggest(name, known) for name in unknown) if hint),
                "set the parameter `targets` to targets of this workspace",
            ],
            code="no-project",
        )
    for target in unknown:
        hint = suggest(target, known)
        say("warning: no project has the target {!r}. {}".format(target, hint).strip())


def suggest(target: str, known: List[str]) -> str:
    """Return a question that names the most similar target, or empty."""
    nearest = get_close_matches(target, known, n=1)
    return "Did you mean {!r}?".format(nearest[0]) if nearest else ""
