"""Ask Nx about the workspace: its projects, their targets, and what is affected."""

import json
import os
import subprocess
import tempfile
from typing import List, Optional, Sequence

from commands import finish, start
from failures import Refusal, say
from nx import call_nx
from targets import Projects

SECONDS = 300.0


def read_projects() -> Optional[Projects]:
    """Return the targets of each project; warn and return None if Nx can't list them.

    Source: `nx graph --file=<name>.json` in Nx docs (Nx 16 and later).
    """
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "graph.json")
        _ask(call_nx("graph", "--file=" + file))
        try:
            with open(file, encoding="utf-8") as stream:
                nodes = json.load(stream)["graph"]["nodes"]
            return {name: set(node["data"]["targets"]) for name, node in nodes.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            say(
                "warning: the projects could not be listed ({}), so the targets are "
                "not checked".format(type(error).__name__)
            )
            return None


def list_affected(base: str, head: str) -> Optional[List[str]]:
    """Return the names of the affected projects; warn and return None if unknown."""
    words = call_nx("show", "projects", "--affected", "--json")
    answer = _ask([*words, "--base=" + base, "--head=" + head])
    try:
        # Nx may print notices before and after the list.
        names = json.loads(answer[answer.index("[") : answer.rindex("]") + 1])
        return [str(name) for name in names]
    except ValueError:
        say("warning: the affected projects could not be listed")
        return None


def _ask(words: Sequence[str]) -> str:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    try:
        process = start(words, start_new_session=True, **pipes)
        output, errors = finish(process, SECONDS)
    except Refusal as refusal:
        say("warning: " + refusal.message)
        return ""
    except subprocess.TimeoutExpired:
        say("warning: the command did not end within {:.0f} s".format(SECONDS))
        return ""
    if process.returncode:
        say((output + errors).decode("utf-8", "replace").strip())
        say("warning: the command ended with exit status {}".format(process.returncode))
        return ""
    return output.decode("utf-8", "replace")
