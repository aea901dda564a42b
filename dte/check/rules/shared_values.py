"""A setting that main and its agents must share has different values on the two jobs.

Nx Cloud finds a run by the server's address, the run's id, its branch and the name of
its environment. Nx's documentation asks for the same values on main and the agents. In
each of these jobs, dte's parameters decide what a partial rerun does. With different
values, main and the agent wait for each other. Source: Nx docs, "Environment
variables"; the parameters of dte/main.
"""

from __future__ import annotations

from collections.abc import Iterator

from dte.check.facts import CheckedJob, Facts
from dte.check.finding import Finding, finding
from dte.check.variables import execution_of, setting_of, value_of

CODE = "dte-check-shared-values"
_VARIABLES = ("NX_CI_EXECUTION_ID", "NX_RUN_GROUP", "NX_BRANCH", "NX_CLOUD_API")


def find(facts: Facts) -> Iterator[Finding]:
    """Find the agents whose values differ from the values of every main."""
    for flow in facts.workflows:
        for agent in flow.agents:
            differences = [compare(main, agent) for main in flow.mains]
            if differences and all(differences):
                main, name, left, right = min(differences, key=len)[0]
                yield finding(
                    CODE,
                    agent.where,
                    f"{name} is {right or 'not set'} on {agent.title} and "
                    f"{left or 'not set'} on {main.title}",
                    f"give both the same {name}",
                )


def compare(
    main: CheckedJob, agent: CheckedJob
) -> list[tuple[CheckedJob, str, str, str]]:
    """Return the differences as `(main, setting, main's value, the agent's value)`."""
    pairs = {name: (value_of(main, name), value_of(agent, name)) for name in _VARIABLES}
    pairs["execution_environment (NX_CI_EXECUTION_ENV)"] = (
        execution_of(main),
        execution_of(agent),
    )
    pairs["nx_branch"] = (
        setting_of(main, "start_ci_run", "DTE_NX_BRANCH"),
        setting_of(agent, "start_agent", "DTE_NX_BRANCH"),
    )
    pairs["partial_rerun"] = (
        setting_of(main, "rerun_guard", "DTE_PARTIAL_RERUN"),
        setting_of(agent, "rerun_guard", "DTE_PARTIAL_RERUN"),
    )
    pairs["when_not_connected"] = (
        setting_of(main, "start_ci_run", "DTE_WHEN_NOT_CONNECTED"),
        setting_of(agent, "start_agent", "DTE_WHEN_NOT_CONNECTED"),
    )
    of_dte = ("nx_branch", "partial_rerun", "when_not_connected")
    return [
        (main, name, left or "", right or "")
        for name, (left, right) in pairs.items()
        if left != right and not (name in of_dte and None in (left, right))
    ]
