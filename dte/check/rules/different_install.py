"""Main and an agent install different packages.

Main takes the results of its tasks from the agents. If package versions differ, a task
may pass on an agent and fail elsewhere, or the project graphs differ and Nx Cloud fails
the run. Without an install, `npx nx-cloud` downloads a version that no lock file pins.
Source: Nx Cloud release notes 2025.01 (main and agents need the same project graph).
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.check.installs import Install, install_of

CODE = "dte-check-different-install"
_RECORDS = "~/.dte"
_BRINGS_PACKAGES = ("attach_workspace", "restore_cache", "with_tool_cache")


def find(facts: Facts) -> Iterator[Finding]:
    """Find the agents whose install differs from the install of every main."""
    for flow in facts.workflows:
        for agent in flow.agents:
            own = install_of(agent)
            theirs = [install_of(main) for main in flow.mains]
            if theirs and all(differs(agent, own, install) for install in theirs):
                text = f"installs with {own.text}" if own else "installs nothing"
                main = theirs[0].text if theirs[0] else ""
                yield finding(
                    CODE,
                    own.where if own else agent.where,
                    f"{agent.title} {text}, but main installs with {main}",
                    f"install with the same command on both: {main}",
                )


def differs(agent: CheckedJob, own: Install | None, install: Install | None) -> bool:
    """Return whether the two installs may install different packages."""
    if install is None:
        return False
    if own is None:
        return not agent.has_unknown_steps and not any(
            step.step.kind in _BRINGS_PACKAGES
            and step.step.arguments.get("at") != _RECORDS
            for step in agent.steps
        )
    return (own.kind[0] == "dte") == (install.kind[0] == "dte") and (
        own.kind != install.kind
    )
