"""Makes the workflow entries of the orb's three jobs for a workspace."""

from __future__ import annotations

from typing import Any

from dte.init.facts import Facts
from dte.init.main_branch import DEFAULT as DEFAULT_BRANCH
from dte.init.node_version import find_image_tag
from dte.init.targets import DEFAULT as DEFAULT_TARGETS

CONTEXT = "circleci-api"
_AGENTS = [1, 2, 3]
_INSTALL_BUN = "install_bun"


def plan_attempt(facts: Facts, orb: str = "dte", **more: Any) -> dict[str, Any]:
    """Make the entry of the attempt job; `orb` is the orb's name in the config."""
    arguments = {"context": CONTEXT, **_of_branch(facts), **more}
    return {f"{orb}/attempt": arguments}


def plan_jobs(
    facts: Facts, orb: str = "dte", *, inline: bool = False
) -> list[dict[str, Any]]:
    """Make the entries of all three jobs.

    With `inline`, the jobs contain the commands' steps instead of calling the commands.
    """
    both = {**_of_machine(facts, orb), **_of_folder(facts)}
    if inline and "setup" in both:
        commands = plan_commands(facts).values()
        both["setup"] = [step for command in commands for step in command["steps"]]
    upstream = {"requires": [f"{orb}/attempt"]}
    matrix = {"matrix": {"parameters": {"ordinal": _AGENTS}}}
    main = {**both, **_of_branch(facts), **_of_targets(facts)}
    return [
        plan_attempt(facts, orb),
        {f"{orb}/agent": {**matrix, **both, **upstream}},
        {f"{orb}/main": {**main, **upstream}},
    ]


def plan_commands(facts: Facts) -> dict[str, Any]:
    """Make the commands that the jobs call, with the commands' names as keys.

    cimg/node contains npm and Yarn, but not Bun, and npm's global folder needs sudo
    (CircleCI, cimg/node, "How This Image Works").
    """
    name, _, version = facts.package_manager.value.partition("@")
    if name != "bun":
        return {}
    package = f"bun@{version}" if version else "bun"
    script = (
        f"npm install --global --prefix ~/.local {package}\n"
        'echo \'export PATH="$HOME/.local/bin:$PATH"\' >> "$BASH_ENV"\n'
    )
    step = {"run": {"name": "Install Bun", "command": script}}
    return {_INSTALL_BUN: {"steps": [step]}}


def _of_machine(facts: Facts, orb: str) -> dict[str, Any]:
    tag = find_image_tag(facts.node)
    found: dict[str, Any] = {}
    if tag:
        found["executor"] = {"name": f"{orb}/default", "tag": tag}
    if names := list(plan_commands(facts)):
        found["setup"] = names
    return found


def _of_folder(facts: Facts) -> dict[str, Any]:
    return {} if facts.folder == "." else {"working_directory": facts.folder}


def _of_branch(facts: Facts) -> dict[str, Any]:
    branch = facts.main_branch.value
    return {} if branch == DEFAULT_BRANCH else {"main_branch": branch}


def _of_targets(facts: Facts) -> dict[str, Any]:
    targets = facts.targets
    return {} if targets == DEFAULT_TARGETS else {"targets": ",".join(targets)}
