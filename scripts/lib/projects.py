"""Ask Nx about the workspace: its projects, their targets, and what is affected."""

import json
import os
import subprocess
import tempfile
from typing import List, Optional, Sequence

from commands import announce
from failures import say
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
    """Return the names of the affected projects.

    Warns and returns None if Nx can't list them.
    """
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
    announce(words)
    try:
        done = subprocess.run(
            list(words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say("warning: {}".format(error))
        return ""
    if done.returncode:
        say((done.stdout + done.stderr).decode("utf-8", "replace").strip())
        say("warning: the command ended with exit status {}".format(done.returncode))
        return ""
    return done.stdout.decode("utf-8", "replace")
