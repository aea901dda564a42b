"""Read the user's arguments for `nx affected`, and refuse those that change the run."""

from itertools import takewhile
from typing import Dict, List

from failures import UsageError
from nx import split_words

_SHOWS = "prints something instead of running the tasks"
_TARGETS = "changes the targets, so set the parameter `targets` instead"
_BASE = "changes what is affected, which NX_BASE and NX_HEAD decide"
_REFUSED: Dict[str, str] = {
    **dict.fromkeys(("help", "h", "version", "graph", "print"), _SHOWS),
    **dict.fromkeys(("targets", "target", "t"), _TARGETS),
    **dict.fromkeys(("base", "head", "files", "uncommitted", "untracked"), _BASE),
}


def read_nx_arguments(name: str) -> List[str]:
    """Return the variable's words; raises `UsageError` if one changes the run.

    Nx passes the words after `--` to the tasks, so these are not checked.
    """
    words = split_words(name)
    for word in takewhile(lambda word: word != "--", words):
        reason = _REFUSED.get(_read_option(word))
        if reason:
            raise UsageError(
                "{} contains {}, which {}".format(name, word, reason),
                suggestions=["remove it from the parameter `nx_arguments`"],
            )
    return words


def _read_option(word: str) -> str:
    if word.startswith("--"):
        name = word[2:].split("=")[0].lower()
        return name[3:] if name.startswith("no-") else name
    return word[1:2] if word.startswith("-") else ""
