"""The id of the run is set to something that a rerun keeps.

On CircleCI the id is the workflow's, which each rerun changes. With the commit, the
branch, the pipeline or a fixed text, a rerun joins the run that has ended, and Nx Cloud
accepts no more tasks for it ("CI Execution Failed"). `environment:` expands nothing, so
`$CIRCLE_WORKFLOW_ID` there is a fixed text. Source: Nx docs, "Environment variables",
NX_CI_EXECUTION_ID; CircleCI docs, "Set an environment variable".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dte.check.facts import Facts
from dte.check.finding import Finding, finding
from dte.check.variables import Variable, variables_of

CODE = "dte-check-run-id"
_NAMES = ("NX_CI_EXECUTION_ID", "NX_RUN_GROUP")
_KEPT = re.compile(
    r"CIRCLE_(SHA1|BRANCH|TAG|PIPELINE_ID|PIPELINE_NUMBER|WORKFLOW_WORKSPACE_ID"
    r"|PR_NUMBER|PULL_REQUEST|PROJECT_REPONAME|PROJECT_USERNAME|JOB)"
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield where the id of a run is set so that a rerun has it too."""
    for flow in facts.workflows:
        for job in (*flow.taking_part, *flow.hosted):
            for variable in variables_of(job, *_NAMES):
                if is_kept(variable):
                    yield finding(
                        CODE,
                        variable.where,
                        f"{variable.name} of {job.title} is {describe(variable)}, "
                        "which a rerun keeps: it joins a run that has ended",
                        f"remove {variable.name}: Nx Cloud takes the workflow's id",
                        "or set NX_CI_EXECUTION_ENV to tell several mains apart",
                    )


def describe(variable: Variable) -> str:
    """The value for a message, and why it is no variable's value."""
    expands = variable.in_shell or "$" not in variable.value
    text = "" if expands else " (a fixed text: environment: expands nothing)"
    return f"{variable.value}{text}"


def is_kept(variable: Variable) -> bool:
    """Whether a rerun surely has the same value."""
    if variable.is_literal:
        return bool(variable.value)
    if "`" in variable.value or "$(" in variable.value:
        return False
    return all(
        _KEPT.fullmatch(name) for name in re.findall(r"\$\{?(\w+)", variable.value)
    )
